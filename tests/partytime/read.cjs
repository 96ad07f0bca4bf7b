// Prints, for each feed named on the command line, what podcast-partytime finds in it: one JSON object a line.
const fs = require("fs");
const { parseFeed } = require("podcast-partytime");

for (const path of process.argv.slice(2)) {
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
  console.log(JSON.stringify({ path, items }));
}
