export { nearest } from "./nearest.ts";
export { shell } from "./shell.mjs";
export { changeWrites, visible, visibleLines } from "./visible.ts";
