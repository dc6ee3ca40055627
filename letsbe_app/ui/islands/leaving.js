import { follow } from "./departure.js";
import { hear } from "./told.js";

hear("leave", follow);
