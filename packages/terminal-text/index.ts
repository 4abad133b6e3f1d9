export { nearest } from "./nearest.ts";
export { shell } from "./shell.mjs";
export { changeWrites, messageOf, visible, visibleLines } from "./visible.ts";
