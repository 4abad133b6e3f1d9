export * from "./resources.ts";
export { ownerTag } from "./tags.ts";
