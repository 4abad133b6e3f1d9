import type { Refuse } from "./kinds.ts";

/**
 * Maximum number of a resource's tags (API references of IAM and Personalize, TagResource). The program adds the tags
 * in `added`.
 */
const maxTags = 50;
const added = ["pulumi:project", "pulumi:stack", "pulumi-personalize:owner"];

/**
 * Characters that every AWS service accepts (Tagging AWS Resources User Guide, "Tag naming limits and requirements").
 */
const accepted = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const characters = "letters, digits, spaces and _ . : / = + - @";
const longestKey = 128;
const longestValue = 256;

/** Checks config `tags` as AWS does. S3 objects get no tags, because S3 allows only ten. */
export function checkTags(tags: Readonly<Record<string, string>>, refuse: Refuse): void {
    const keys = Object.keys(tags).filter((key) => !added.includes(key));
    for (const key of keys) {
        const value = tags[key] ?? "";
        const twin = keys.find((other) => other !== key && other.toLowerCase() === key.toLowerCase());
        if (/^aws:/i.test(key)) {
            refuse("has a key that starts with aws:, which AWS reserves. Choose another key", `.${key}`);
        } else if (key === "" || key.length > longestKey || !accepted.test(key)) {
            refuse(`has the key "${key}"; a key must be 1 to ${longestKey} ${characters}`, `.${key}`);
        } else if (twin !== undefined && key > twin) {
            refuse(`differs from tags.${twin} only in case, and IAM refuses both together. Remove one`, `.${key}`);
        }
        if (value.length > longestValue || !accepted.test(value)) {
            refuse(`is "${value}"; a value must be at most ${longestValue} ${characters}`, `.${key}`);
        }
    }
    if (keys.length > maxTags - added.length) {
        const most = maxTags - added.length;
        refuse(
            `has ${keys.length} tags; AWS allows ${maxTags}, of which the program uses ${added.length}: at most ${most}`,
        );
    }
}
