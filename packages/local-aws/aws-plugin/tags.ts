interface Tag {
    readonly Key?: string | undefined;
    readonly Value?: string | undefined;
}

/** Tags as most services take them. */
export const tagList = (tags: object | undefined) =>
    Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value: String(Value) }));

/** Tags as the services take them that want a map. */
export const tagMap = (tags: object | undefined): Record<string, string> =>
    Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [key, String(value)]));

/** Tags as Pulumi has them. */
export const plainTags = (tags: readonly Tag[] | undefined) =>
    Object.fromEntries((tags ?? []).map(({ Key = "", Value }) => [Key, Value]));

/** The keys of tags that are to go. */
export const goneKeys = (olds: object | undefined, news: object | undefined) =>
    Object.keys(olds ?? {}).filter((key) => !(key in (news ?? {})));
