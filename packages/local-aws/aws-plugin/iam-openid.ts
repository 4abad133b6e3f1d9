import {
    CreateOpenIDConnectProviderCommand,
    DeleteOpenIDConnectProviderCommand,
    GetOpenIDConnectProviderCommand,
    type IAMClient,
} from "@aws-sdk/client-iam";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { type AnyEntry, entry, plainTags, tagList } from "./entry.ts";

const gone = "NoSuchEntityException";

/** OpenID Connect identity providers. MiniStack cannot change one, so every change replaces it. */
export function openIdEntries(iam: IAMClient): Record<string, AnyEntry> {
    return {
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider": entry<aws.iam.OpenIdConnectProviderArgs>({
            properties: { url: "replace", clientIdLists: "replace", tags: "replace" },
            async create({ url, clientIdLists, tags }) {
                const { OpenIDConnectProviderArn: arn } = await iam.send(
                    new CreateOpenIDConnectProviderCommand({
                        Url: url,
                        ClientIDList: [...clientIdLists],
                        Tags: tagList(tags),
                    }),
                );
                return arn ?? "";
            },
            computed: async (arn) => ({ arn }),
            async read(OpenIDConnectProviderArn) {
                const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn });
                const found = await unlessGone(iam.send(command), gone);
                return (
                    found && {
                        url: `https://${found.Url?.replace(/^https:\/\//, "")}`,
                        clientIdLists: found.ClientIDList,
                        tags: plainTags(found.Tags),
                    }
                );
            },
            async update() {},
            async delete(OpenIDConnectProviderArn) {
                const command = new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn });
                await unlessGone(iam.send(command), gone);
            },
        }),
    };
}
