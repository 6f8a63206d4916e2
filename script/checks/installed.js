// Ends with 0 where node_modules already holds what package-lock.json lists, as after an `npm install` by hand.
// Plain JavaScript: script/setup asks before anything is installed.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..', '..');

try {
  const wanted = packages('package-lock.json');
  const present = packages('node_modules/.package-lock.json');
  const names = new Set([...Object.keys(wanted), ...Object.keys(present)]);
  names.delete(''); // the root itself stands in the first only
  process.exitCode = [...names].every((name) => isSame(wanted[name], present[name])) ? 0 : 1;
} catch {
  process.exitCode = 1; // nothing installed yet
}

function packages(lock) {
  return JSON.parse(readFileSync(join(root, lock), 'utf8')).packages;
}

// What is optional may be missing: it is for another platform.
function isSame(wanted, present) {
  if (present === undefined) return wanted.optional === true;
  return wanted?.version === present.version && wanted?.integrity === present.integrity;
}
