export { nearest } from "./nearest.ts";
export { shell } from "./shell.mjs";
export { changeWrites, hasCode, messageOf, toError, visible, visibleLines } from "./visible.ts";
