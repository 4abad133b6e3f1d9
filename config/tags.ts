import type { configValues } from "./values.ts";

/** Most tags of a resource; the program adds those in `added` (API references of IAM and Personalize, TagResource). */
const mostTags = 50;
const added = ["pulumi:project", "pulumi:stack", "movie-recommender:owner"];

/** Characters that every AWS service accepts (Tagging AWS Resources User Guide, "Tag naming limits and requirements"). */
const accepted = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const characters = "letters, digits, spaces and _ . : / = + - @";
const longestKey = 128;
const longestValue = 256;

/**
 * Reads config `tags`, and checks them as AWS does. S3 objects get none, because S3 allows ten.
 *
 * @returns the tags of all resources; the program's own tags replace those of the configuration.
 */
export function parseTags(
    { bad, texts }: ReturnType<typeof configValues>,
    { project, stack }: { readonly project: string; readonly stack: string },
): Readonly<Record<string, string>> {
    const tags = texts("tags");
    const keys = Object.keys(tags).filter((key) => !added.includes(key));
    for (const key of keys) {
        const value = tags[key] ?? "";
        const twin = keys.find((other) => other !== key && other.toLowerCase() === key.toLowerCase());
        if (/^aws:/i.test(key)) {
            bad(`tags.${key}`, "has a key that starts with aws:, which AWS reserves. Choose another key");
        } else if (key === "" || key.length > longestKey || !accepted.test(key)) {
            bad(`tags.${key}`, `has the key "${key}"; a key must be 1 to ${longestKey} ${characters}`);
        } else if (twin !== undefined && key > twin) {
            bad(`tags.${key}`, `differs from tags.${twin} only in case, and IAM refuses both together. Remove one`);
        }
        if (value.length > longestValue || !accepted.test(value)) {
            bad(`tags.${key}`, `is "${value}"; a value must be at most ${longestValue} ${characters}`);
        }
    }
    if (keys.length > mostTags - added.length) {
        const most = mostTags - added.length;
        bad(
            "tags",
            `has ${keys.length} tags; AWS allows ${mostTags}, of which the program uses ${added.length}: at most ${most}`,
        );
    }
    return { ...tags, "pulumi:project": project, "pulumi:stack": stack };
}
