// The one script of the casebook. Pages work by links and forms; what a form cannot do is here.
import "htmx.org";

import { startPlayer } from "./player";
import { startUpload } from "./upload";

startUpload();
startPlayer();
