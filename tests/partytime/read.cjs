// Writes to the first path, for each feed named after it, what podcast-partytime finds in it: one JSON object a line.
// (Standard output belongs to the package's own log.)
const fs = require("fs");
const { parseFeed } = require("podcast-partytime");

const [target, ...feeds] = process.argv.slice(2);
const lines = [];
for (const path of feeds) {
  const feed = parseFeed(fs.readFileSync(path, "utf8"), { allowMissingGuid: true });
  const items = feed
    ? feed.items.map((item) => ({
        guid: item.guid,
        title: item.title,
        enclosure: item.enclosure && item.enclosure.url,
        persons: (item.podcastPeople || []).map((person) => [person.name, person.role]),
        transcripts: (item.podcastTranscripts || []).map((transcript) => transcript.url),
        chapters: item.podcastChapters ? item.podcastChapters.url : null,
      }))
    : null;
  lines.push(JSON.stringify({ path, items }));
}
fs.writeFileSync(target, lines.join("\n") + "\n");
