export { seededRandom } from "../../packages/local-personalize/test/random.ts";
