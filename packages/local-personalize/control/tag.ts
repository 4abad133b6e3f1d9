/** A tag in Personalize's form. */
export interface Tag {
    tagKey: string;
    tagValue: string;
}
