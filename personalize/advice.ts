import { type Advice, isUnknown, ownerTag, type Tags } from "pulumi-personalize/core";
import { asCalled } from "../config/as-called.ts";
import { adoptionCommand } from "./adoption.ts";

const otherName =
    "Nothing was changed. Give this stack other names with `pulumi config set nameSuffix -- -<name>`, or delete it.";

/**
 * Returns what to do if a resource belongs to another stack, possibly one with the same name: choose another name, or
 * adopt the resource.
 */
function otherOwner(arn: string, has: Tags, { owner, tags }: { readonly owner?: string; readonly tags: Tags }): string {
    const adoption = adoptionCommand(arn);
    const or = adoption === undefined ? "" : `, or adopt the resource: \`${adoption}\``;
    const isOfName = ["pulumi:project", "pulumi:stack"].every(
        (key) => has[key] !== undefined && has[key] === tags[key],
    );
    return isOfName && has[ownerTag] !== undefined
        ? `The ID of this stack is ${isUnknown(owner) ? "new" : owner}. Another stack of this account has its name. Nothing was ` +
              `changed. Give this stack its own name: \`pulumi stack rename ${tags["pulumi:stack"]}-<name>\`${or}.`
        : `Nothing was changed. Give this stack other names with \`pulumi config set nameSuffix -- -<name>\`${or}.`;
}

/** The next steps that messages about Personalize's resources recommend to the operator of this program. */
export const advice: Advice = {
    otherName,
    otherOwner,
    otherAdoption: "Nothing was changed. Remove it from config adopt, and the program creates its own.",
    deadlines: "docs/configuration.md lists the deadlines.",
    diagnoseAccess: "npm run diagnose-access --",
    asCalled: (message) => asCalled(message),
};
