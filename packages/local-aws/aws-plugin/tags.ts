interface Tag {
    readonly Key?: string | undefined;
    readonly Value?: string | undefined;
}

/** Tags in the form of most services. */
export const tagList = (tags: object | undefined) =>
    Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value: String(Value) }));

/** Tags in the form of services that take a map. */
export const tagMap = (tags: object | undefined): Record<string, string> =>
    Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [key, String(value)]));

/** Tags in Pulumi's form. */
export const plainTags = (tags: readonly Tag[] | undefined) =>
    Object.fromEntries((tags ?? []).map(({ Key = "", Value }) => [Key, Value]));

/** The keys of tags to remove. */
export const goneKeys = (olds: object | undefined, news: object | undefined) =>
    Object.keys(olds ?? {}).filter((key) => !(key in (news ?? {})));
