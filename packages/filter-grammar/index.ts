export * from "./evaluate.ts";
export * from "./parse.ts";
export { FilterError } from "./tokens.ts";
