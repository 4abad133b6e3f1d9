type Tags = Readonly<Record<string, string>>;

/** Texts with which a program tells its operator what to do next. They are sentences, if nothing else is said. */
export interface Advice {
    /** After a conflict with an existing resource of this name. */
    readonly otherName: string;
    /** After a conflict with a resource of another owner. `has` are its tags. */
    otherOwner(has: Tags, wanted: { readonly owner?: string; readonly tags: Tags }): string;
    /** After an input `adopt` that names an unusable resource. */
    readonly otherAdoption: string;
    /** Where the deadlines of waits are set. */
    readonly deadlines: string;
    /** The command that finds out why an import cannot read its data, without its arguments. */
    readonly diagnoseAccess: string;
    /** Returns a message with its commands as the reader can start them. */
    asCalled(message: string): string;
}

const otherName = "Nothing was changed. Give the new resource another name, or delete the existing one.";

/** Advice for programs that have no commands of their own. */
export const advice: Advice = {
    otherName,
    otherOwner: () => otherName,
    otherAdoption: "Nothing was changed. Without `adopt`, the program creates its own resource.",
    deadlines: "The input deadlineMinutes sets the deadline.",
    diagnoseAccess: "npx access-doctor",
    asCalled: (message) => message,
};
