/** A tag, as Personalize writes it. */
export interface Tag {
    tagKey: string;
    tagValue: string;
}
