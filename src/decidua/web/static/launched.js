// The page was filled from a record at an address that holds a code, spent by now: it does not stay in the history.
"use strict";

history.replaceState(null, "", `/${document.documentElement.lang}/consult`);
