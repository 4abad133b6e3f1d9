import type { Directory, PolicyText } from "../enforcement/directory.ts";
import { IamInputError } from "./input.ts";
import type { EntityPolicies, SourcePolicy } from "./simulate.ts";

/**
 * A policy that allows nothing. It allows only an action that no service has, because a policy without a statement is
 * invalid.
 */
const grantsNothing = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "none:Nothing", Resource: "*" }],
});

/**
 * Converts a stored policy for the simulators. If an attached managed policy has no stored document, it allows nothing,
 * as when the gateway checks other calls.
 */
const source = ({ name, text }: PolicyText): SourcePolicy => ({
    id: name.split(" ").at(-1) ?? "",
    text: text ?? grantsNothing,
});

/**
 * Reads all stored policies of a user (including those of the user's groups), a group or a role, and the boundary.
 * @throws Refusal NoSuchEntity if the entity does not exist
 */
export async function entityPolicies(directory: Pick<Directory, "entity">, arn: string): Promise<EntityPolicies> {
    const [, kind = "", path = ""] = /:(user|group|role)\/(.+)$/.exec(arn) ?? [];
    const type = kind === "user" || kind === "group" ? kind : "role";
    const name = path.split("/").at(-1) ?? "";
    const found = await directory.entity(type, name);
    if (found?.arn !== arn) {
        throw new IamInputError("NoSuchEntity", `The ${type} with name ${name} cannot be found.`, 404);
    }
    const [boundary] = found.boundary ?? [];
    return { policies: found.identity.map(source), boundary: boundary && source(boundary) };
}
