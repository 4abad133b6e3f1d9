import * as aws from "@pulumi/aws";
import { deleteBeforeReplacing } from "../components/common/replacements.ts";
import { enforceResourceRules } from "../components/common/resource-rules.ts";
import { bucketNameFor } from "../config/config.ts";
import { loadConfig, operatedProject } from "./config.ts";
import { OperatorAccess } from "./operator-access.ts";

const config = loadConfig();
deleteBeforeReplacing();
enforceResourceRules(config.waivers);
const { accountId } = aws.getCallerIdentityOutput();
const { partition } = aws.getPartitionOutput();

const access = new OperatorAccess("operator", {
    scope: {
        partition,
        region: config.region,
        accountId,
        project: operatedProject,
        stack: config.operatedStack,
        bucketName: accountId.apply((id) =>
            bucketNameFor({ bucketName: config.bucketName, stack: config.operatedStack }, id),
        ),
        names: config.names,
        kmsKeyArn: config.kmsKeyArn,
    },
    users: config.users,
    roles: config.roles,
    github: config.github,
    tags: config.tags,
});

export const { boundaryArn, policyArns, permissionSetPolicies, githubRoleArn } = access;
