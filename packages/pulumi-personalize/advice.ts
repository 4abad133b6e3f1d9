type Tags = Readonly<Record<string, string>>;

/**
 * Texts that tell a program's operator the next step. Each is a complete sentence unless its comment says otherwise.
 */
export interface Advice {
    /** Text that tells the user what to do if a resource of this name exists and the stack cannot adopt it. */
    readonly otherName: string;
    /**
     * The next steps if the existing resource `arn` belongs to another owner: adopt it, or choose another name. `has`
     * are the tags of that resource.
     */
    otherOwner(arn: string, has: Tags, wanted: { readonly owner?: string; readonly tags: Tags }): string;
    /** The next step if the resource that the input `adopt` names cannot be used. */
    readonly otherAdoption: string;
    /** States where the deadlines of waits are set. */
    readonly deadlines: string;
    /** The command, without arguments, that finds out why an import cannot read its data. */
    readonly diagnoseAccess: string;
    /** Returns the message, with its commands replaced by those that the reader can run. */
    asCalled(message: string): string;
}

const otherName = "Nothing was changed. Give the new resource another name, or delete the existing one.";

/** Advice for programs that have no commands of their own. */
export const advice: Advice = {
    otherName,
    otherOwner: (arn) =>
        `Nothing was changed. To use it, set the input \`adopt\` to ${arn}. Otherwise give the new resource another name.`,
    otherAdoption: "Nothing was changed. Without `adopt`, the program creates its own resource.",
    deadlines: "The input deadlineMinutes sets the deadline.",
    diagnoseAccess: "npx access-doctor",
    asCalled: (message) => message,
};
