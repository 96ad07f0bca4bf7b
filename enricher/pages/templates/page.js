// Turns links to times into seeks, copies links, follows the audio, searches. Every page is whole without it.
// A template of another theme may lack any element that is looked for here.
'use strict';
(() => {
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const told = document.querySelector('.told');
  const tell = (text) => { if (told) told.textContent = text; };
  const calm = matchMedia('(prefers-reduced-motion: reduce)');

  // Times: #t=368, #t=95,140, #t=1:02:03 (https://www.w3.org/TR/media-frags/#naming-time)

  const clock = (text) => (/^\d+(:\d+){0,2}(\.\d+)?$/.test(text)
    ? text.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0) : null);

  const span = (hash) => {
    const value = new URLSearchParams(hash.replace(/^#/, '')).get('t');
    if (value === null) return null;
    const [from, to] = value.replace(/^npt:/, '').split(',');
    const start = from === '' ? 0 : clock(from);
    const end = to === undefined ? null : clock(to);
    return start === null ? null : { start, end: end !== null && end > start ? end : null };
  };

  // The player

  const audio = document.querySelector('audio');
  const chapters = all('.chapters a[href^="#t="]');
  const begins = chapters.map((link) => span(link.hash).start);
  const now = document.querySelector('.now');
  let clip = null; // what is played to its end

  const lastBefore = (starts, time) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= time) low = middle + 1; else high = middle;
    }
    return low - 1;
  };

  let current = -1;
  const markChapter = (time) => {
    const place = lastBefore(begins, time);
    if (place === current) return;
    if (chapters[current]) chapters[current].removeAttribute('aria-current');
    current = place;
    const link = chapters[place];
    if (now) {
      now.hidden = !link;
      now.textContent = link?.querySelector('.name')?.textContent ?? '';
    }
    if (link) link.setAttribute('aria-current', 'true');
  };

  const cues = document.querySelector('.cues');
  const sentences = cues ? all('[data-t]', cues) : [];
  const starts = sentences.map((one) => Number(one.dataset.t));
  let spoken = -1;
  let touched = -Infinity; // when the reader last scrolled the transcript: who reads ahead is left in peace
  const follow = (time) => {
    if (!sentences.length) return;
    const place = lastBefore(starts, time);
    if (place === spoken) return;
    if (sentences[spoken]) sentences[spoken].classList.remove('spoken');
    spoken = place;
    const one = sentences[place];
    if (!one) return;
    one.classList.add('spoken');
    if (cues.offsetParent !== null && performance.now() - touched > 8000) {
      cues.scrollTo({ top: one.offsetTop - cues.clientHeight / 3, behavior: calm.matches ? 'auto' : 'smooth' });
    }
  };

  const show = () => { markChapter(audio.currentTime); follow(audio.currentTime); };

  const seek = (to, play) => {
    clip = to.end === null ? null : to;
    audio.currentTime = to.start; // before anything is loaded it is where playing will begin
    if (play) audio.play().catch(() => {}); // the player itself says what is wrong
    show();
  };

  if (audio) {
    audio.addEventListener('timeupdate', () => {
      // One that was queued before a reader moved past the end comes before "seeking", and is not the clip's end.
      if (clip && !audio.seeking && audio.currentTime >= clip.end) { clip = null; audio.pause(); }
      show();
    });
    audio.addEventListener('seeking', () => {
      // Whoever moves elsewhere wants to hear on.
      if (clip && (audio.currentTime < clip.start - 1 || audio.currentTime > clip.end)) clip = null;
      show();
    });
    const fromAddress = () => { const to = span(location.hash); if (to) seek(to, false); };
    addEventListener('hashchange', fromAddress);
    document.addEventListener('click', (event) => {
      if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const link = event.target.closest('a[href^="#t="]');
      const to = link && span(link.hash);
      if (!to) return;
      event.preventDefault();
      if (location.hash !== link.hash) history.pushState(null, '', link.hash);
      seek(to, true);
    });
    if (cues) {
      cues.addEventListener('click', (event) => {
        const one = event.target.closest('[data-t]');
        if (one && getSelection().isCollapsed) seek({ start: Number(one.dataset.t), end: null }, true);
      });
      for (const kind of ['wheel', 'touchmove', 'keydown']) {
        cues.addEventListener(kind, () => { touched = performance.now(); }, { passive: true });
      }
    }
    fromAddress();
    if ('mediaSession' in navigator) { // what a locked telephone shows
      navigator.mediaSession.metadata = new MediaMetadata({
        title: document.querySelector('h1')?.textContent ?? document.title,
        artist: document.querySelector('.home span')?.textContent ?? '',
        artwork: all('.home img').map((cover) => ({ src: cover.src })),
      });
    }
  }

  // A cover that cannot be had leaves no broken frame.
  for (const picture of all('img')) {
    const check = () => { picture.hidden = picture.complete && !picture.naturalWidth; };
    picture.addEventListener('error', check);
    check();
  }

  // Beside the text there is room for the list of chapters.
  const list = document.querySelector('.chapters details');
  if (list && matchMedia('(min-width: 64rem)').matches) list.open = true;

  // Copying: the clipboard is there on https and on this computer alone

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement('textarea');
      area.value = text;
      area.className = 'told';
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
  };

  for (const button of all('button[data-copy]')) {
    const name = button.textContent;
    button.hidden = false;
    button.addEventListener('click', async () => {
      await copy(new URL(button.dataset.copy, location.href).href);
      button.focus();
      button.textContent = button.dataset.copied;
      tell(button.dataset.copied);
      setTimeout(() => { button.textContent = name; tell(''); }, 2000);
    });
  }

  // Searching: Pagefind where there is an index, else the titles and first sentences of this page

  const field = document.querySelector('input[type=search]');
  if (field) {
    const entries = all('.entries > li');
    const found = document.querySelector('.found') ?? document.createElement('ol');
    const nothing = document.querySelector('.nothing') ?? document.createElement('p');
    const pager = document.querySelector('.pager');
    const fold = (text) => text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
    const texts = entries.map((entry) => fold(entry.textContent));
    let pagefind = null;
    let asked = 0;

    const filter = (words) => {
      const wanted = fold(words).split(/\s+/).filter(Boolean);
      let left = 0;
      entries.forEach((entry, i) => {
        entry.hidden = !wanted.every((word) => texts[i].includes(word));
        if (!entry.hidden) left += 1;
      });
      nothing.hidden = left > 0;
    };

    const element = (name, ...inside) => {
      const made = document.createElement(name);
      made.append(...inside);
      return made;
    };

    const linked = (title, url) => {
      const link = element('a', title);
      link.href = new URL(url.split('/').pop(), document.baseURI).href; // all pages of a show are in one folder
      return link;
    };

    // Its only markup is <mark>; whatever else might be in it stays text.
    const excerpt = (text) => element('p', ...Array.from(
      new DOMParser().parseFromString(text, 'text/html').body.childNodes,
      (node) => element(node.nodeName === 'MARK' ? 'mark' : 'span', node.textContent)));

    const line = (page) => {
      const entry = element('li', element('h3', linked(page.meta.title, page.url)));
      // The topics that it was found in, else where on the page.
      const topics = page.sub_results.filter((one) => one.url.includes('#')).slice(0, 3);
      if (topics.length) {
        entry.append(element('ul', ...topics.map((one) => element('li', linked(one.title, one.url), excerpt(one.excerpt)))));
      } else {
        entry.append(excerpt(page.excerpt));
      }
      return entry;
    };

    const load = () => {
      if (pagefind === null && field.dataset.index) {
        pagefind = import(new URL(field.dataset.index, document.baseURI).href).catch(() => false);
      }
      return pagefind;
    };

    const search = async () => {
      const words = field.value.trim();
      const turn = asked += 1;
      const index = words ? await load() : null;
      const result = index ? await index.debouncedSearch(words, {}, 150).catch(() => false) : false;
      if (turn !== asked || result === null) return; // more was typed
      if (result === false) {
        found.hidden = true;
        for (const one of all('.entries')) one.hidden = false;
        filter(words);
      } else {
        const pages = await Promise.all(result.results.slice(0, 30).map((one) => one.data()));
        if (turn !== asked) return;
        found.replaceChildren(...pages.map(line));
        found.hidden = false;
        for (const one of all('.entries')) one.hidden = true;
        nothing.hidden = pages.length > 0;
      }
      if (pager) pager.hidden = words !== '';
    };

    for (const box of all('.search')) box.hidden = false;
    field.addEventListener('focus', load);
    field.addEventListener('input', search);
  }
})();
