import { join } from "node:path";
import { rows } from "../../../core/config/keys.ts";
import { otherValues } from "../../support/other-values.ts";

/** A test of one config key: a value other than the default, with the values of other keys that it requires. */
export interface KeyCase {
    readonly set: Readonly<Record<string, unknown>>;
    /** Pattern of the message with which preview and `up` must reject the value; absent if the value is valid. */
    readonly refused?: RegExp;
}

/**
 * Returns a case for every config key. The values come from `otherValues`, except for files that `prepareValues` writes
 * and for resources outside the stack (`arns`).
 */
export function keyCases(
    { instance }: { readonly instance: { readonly dir: string } },
    arns: {
        readonly boundary: string;
        readonly kmsKey: string;
        readonly datasetGroup: string;
        readonly issuer: string;
    },
): Readonly<Record<string, KeyCase>> {
    const at = (name: string) => join(instance.dir, "data", name);
    const viewerAuth = { issuer: arns.issuer, audience: "films" };
    const specialValues: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
        "aws:region": { "aws:region": "us-east-1" },
        interactionsFile: { interactionsFile: at("other/interactions.csv") },
        dataOptionsFile: { dataOptionsFile: at("options.yaml") },
        itemsFile: { itemsFile: at("items.csv") },
        usersFile: { usersFile: at("users.csv") },
        adopt: { adopt: { datasetGroup: arns.datasetGroup } },
        viewerAuth: { viewerAuth },
        "viewerAuth.issuer": { viewerAuth: { ...viewerAuth, issuer: `${arns.issuer}/other` } },
        "viewerAuth.audience": { viewerAuth: { ...viewerAuth, audience: "books" } },
        "viewerAuth.claim": { viewerAuth: { ...viewerAuth, claim: "email" } },
        permissionsBoundary: { permissionsBoundary: arns.boundary },
        kmsKeyArn: { kmsKeyArn: arns.kmsKey },
    };
    const refused: Readonly<Record<string, RegExp>> = {
        "aws:region": /this stack's resources are in eu-central-1/,
        dataOptionsFile: /was prepared with other options than/,
    };
    return Object.fromEntries(
        rows
            .filter(([, { members, other }]) => members === undefined || other !== undefined)
            .map(([name, key]): [string, KeyCase] => [
                name,
                {
                    set: specialValues[name] ?? otherValues(name, key),
                    ...(refused[name] && { refused: refused[name] }),
                },
            ]),
    );
}
