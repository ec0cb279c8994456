// The one script of the casebook. Pages work by links and forms; what a form cannot do is here.
import "htmx.org";

import { startReview } from "./review";
import { startUpload } from "./upload";

startUpload();
startReview();
