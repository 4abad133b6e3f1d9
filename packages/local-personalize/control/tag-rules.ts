import { invalidInput, ServiceError } from "../errors.ts";
import type { Tag } from "./properties.ts";

/** Maximum number of tags of a resource, and of tag keys in a call. */
export const largestCount = 50;

/** Returns the validated tags of a Create call. Throws InvalidInputException or TooManyTagsException. */
export function checkedTags(tags: Tag[] = []): Tag[] {
    const keys = tags.map(({ tagKey }) => tagKey);
    const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
    if (repeated !== undefined) throw invalidInput(`The tag key ${repeated} is given twice.`);
    const reserved = keys.find((key) => key.toLowerCase().startsWith("aws:"));
    if (reserved !== undefined) throw invalidInput(`The tag key ${reserved} begins with aws:, which AWS reserves.`);
    if (keys.length > largestCount) throw tooManyTags();
    return tags;
}

/** Returns the error for a resource with more tags. */
export const tooManyTags = () =>
    new ServiceError("TooManyTagsException", `A resource can have at most ${largestCount} tags.`);
