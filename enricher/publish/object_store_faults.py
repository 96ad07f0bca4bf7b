"""What an object store's errors mean, and what a person should do.

obstore tells most of them by one class, with the server's answer in the text. That text is never printed whole: it has
the names of private files, and where a signature is refused what was signed.
"""

from __future__ import annotations

import re

_STATUS = re.compile(r"status code: (\d{3})(?: ([A-Z][A-Za-z' -]*))?")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_NO_BUCKET = {"NoSuchBucket", "ContainerNotFound"}
_WRONG_REGION = {"AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException"}
_CREDENTIALS = "see [object_store] and the credentials in the environment (AWS_…, GOOGLE_…, AZURE_…)"
_NO_CREDENTIALS = re.compile(
    r"token request|metadata/v1|latest/(?:api|meta-data)|missing ?(?:account|component|credential)|must be specified"
    r"|credentials?\b.*(?:not found|missing|provided|retriev)",
    re.IGNORECASE,
)
_ELSEWHERE = {301, 307}
_REFUSED = {400, 401, 403}
_PASSING = {408, 429, *range(500, 600)}
_ADDRESS = re.compile(r"https?://\S+")
_SAID = 120


def why(error: Exception) -> str:
    """Return what is wrong, and what to do."""
    text = str(error)
    status, code = _answer(text)
    said = " ".join(filter(None, (str(status) if status else "", code)))
    first = _ADDRESS.sub("…", text.strip().partition("\n")[0])[:_SAID] or type(error).__name__
    cases = (
        (is_missing(error), "there is no such bucket; make it, or see `output`"),
        (code in _WRONG_REGION or status in _ELSEWHERE, f"it answers {said}; see `region` in [object_store]"),
        (_NO_CREDENTIALS.search(text), f"no credentials were found that it takes; {_CREDENTIALS}"),
        (status in _PASSING, f"it answers {said}, again and again; the next run tries anew"),
        (status in _REFUSED, f"it refuses with {said}; {_CREDENTIALS}"),
        (status, f"it answers {said}; see `output` and [object_store]"),
        (is_passing(error), "it cannot be reached, or does not answer in time; see `endpoint` in [object_store]"),
    )
    return next((told for holds, told in cases if holds), f"{first}; see `output` and [object_store]")


def is_missing(error: Exception) -> bool:
    """Check whether the bucket itself is missing; an object that is missing has the same class of error."""
    return _answer(str(error))[1] in _NO_BUCKET


def is_passing(error: Exception) -> bool:
    """Check whether the store as a whole is down or out of reach."""
    text = str(error)
    status, _ = _answer(text)
    return status in _PASSING if status else "HTTP error" in text or "error sending request" in text


def _answer(text: str) -> tuple[int, str]:
    status, code = _STATUS.search(text), _CODE.search(text)
    return int(status[1]) if status else 0, code[1] if code else (status[2] or "").strip() if status else ""
