// The desk's small comforts, one file each. Every page works without any of them.
import "./keys.js";
import "./queue.js";
import "./words.js";
import "./talk.js";
import "./along.js";
import "./drafts.js";
import "./import.js";
