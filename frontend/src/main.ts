// The one script of the casebook. Pages work by links and forms; what a form cannot do is here.
import "htmx.org";

import { startAnnouncing } from "./announce";
import { startComments } from "./comments";
import { startCopying } from "./copy";
import { startFace } from "./face";
import { startFilming } from "./film/page";
import { startLock } from "./lock";
import { startOnce } from "./once";
import { startPasskeys } from "./passkey";
import { startPaper } from "./print";
import { startRating } from "./rate";
import { startTruth } from "./rate_truth";
import { startReview } from "./review";
import { startTogether } from "./together";
import { startUpload } from "./upload";

startAnnouncing();
startComments();
startCopying();
startFace();
startLock();
startOnce();
startPaper();
startPasskeys();
startUpload();
startRating();
startTruth();
startReview();
startTogether();
startFilming();
