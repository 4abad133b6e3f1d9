import { paginateGetParametersByPath, type SSMClient } from "@aws-sdk/client-ssm";
import type { Lookup } from "./provider.ts";

/** Returns the plugin's functions that look up SSM parameters. */
export function ssmLookups(client: SSMClient): Record<string, Lookup> {
    return {
        async "aws:ssm/getParametersByPath:getParametersByPath"({ path, recursive, withDecryption = true }) {
            const input = {
                Path: String(path),
                Recursive: Boolean(recursive),
                WithDecryption: Boolean(withDecryption),
            };
            const parameters = [];
            for await (const { Parameters = [] } of paginateGetParametersByPath({ client }, input)) {
                parameters.push(...Parameters);
            }
            return {
                id: path,
                path,
                arns: parameters.map(({ ARN }) => ARN),
                names: parameters.map(({ Name }) => Name),
                types: parameters.map(({ Type }) => Type),
                values: parameters.map(({ Value }) => Value),
            };
        },
    };
}
