import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { regionalArn, type ServiceCaller } from "policy-evaluator";
import type { StackConfig } from "../../core/config/config.ts";
import { notificationsQueuePolicy, notifierPolicy, topicPolicy } from "../../core/iam/guard-access.ts";
import { knownAfter } from "../common/known-after.ts";
import { LambdaFunction } from "../common/lambda-function.ts";
import { toInput } from "../common/load-config.ts";
import { createGuardScope } from "../cost/cost-guard.ts";
import { stackAlarm } from "./alarm.ts";
import { alarmIds, failuresAlarm } from "./alarms.ts";

export interface NotificationsArgs {
    readonly config: StackConfig;
    readonly caller: ServiceCaller;
}

/** Longest retention that SQS allows, in seconds: 14 days. */
const longestKept = 14 * 24 * 3600;

/** The topic of all notifications, with its queue, mail and chat subscriptions, and the queue of failures. */
export class Notifications extends pulumi.ComponentResource {
    /** ARN of the topic, which resolves only after the topic's policy allows the publishers. */
    public readonly topicArn: pulumi.Output<string>;
    /** URL of the queue of notifications. */
    public readonly queueUrl: pulumi.Output<string>;
    /** ARN of the queue for failed runs and deliveries. */
    public readonly failuresArn: pulumi.Output<string>;

    constructor(name: string, args: NotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:notifications:Notifications", name, {}, opts);
        const { config, caller } = args;
        const { names, tags, alertEmail, chatWebhookParameter } = config;
        const scope = { ...caller, names, alarmIds };
        const child = { parent: this };
        const arnOf = (service: string, resource: string) => regionalArn(caller, service, resource);

        // Do not encrypt the topic with SNS's own key: the policy of alias/aws/sns does not allow Budgets and
        // CloudWatch alarms (SNS Developer Guide, "Enable compatibility between event sources from AWS services and
        // encrypted topics").
        const topic = new aws.sns.Topic(name, { name: names.notifications, tags }, child);
        const topicArn = knownAfter(arnOf("sns", names.notifications), topic);
        const publishers = new aws.sns.TopicPolicy(
            name,
            { arn: topicArn, policy: JSON.stringify(topicPolicy(scope)) },
            child,
        );
        this.topicArn = knownAfter(topicArn, publishers);
        const queue = (kind: string, queueName: string) =>
            new aws.sqs.Queue(
                kind,
                { name: queueName, messageRetentionSeconds: longestKept, sqsManagedSseEnabled: true, tags },
                child,
            );
        const kept = queue(name, names.notifications);
        const arrives = new aws.sqs.QueuePolicy(
            name,
            { queueUrl: kept.url, policy: JSON.stringify(notificationsQueuePolicy(scope)) },
            child,
        );
        this.queueUrl = kept.url;
        const failures = queue(`${name}-failures`, names.failures);
        this.failuresArn = knownAfter(arnOf("sqs", names.failures), failures);

        new aws.sns.TopicSubscription(
            name,
            {
                topic: topicArn,
                protocol: "sqs",
                endpoint: knownAfter(arnOf("sqs", names.notifications), kept),
                rawMessageDelivery: true,
            },
            { ...child, dependsOn: arrives },
        );
        if (alertEmail !== undefined) {
            new aws.sns.TopicSubscription(
                `${name}-mail`,
                { topic: topicArn, protocol: "email", endpoint: toInput("alertEmail", alertEmail) },
                child,
            );
        }
        if (chatWebhookParameter !== undefined) {
            const parameter = toInput("chatWebhookParameter", chatWebhookParameter);
            this.chat(`${name}-chat`, args, parameter, topicArn);
        }
        if (config.observability.alarms) {
            stackAlarm(`${name}-failures`, failuresAlarm(names.failures), config, this.topicArn, child);
        }
        this.registerOutputs({ topicArn: this.topicArn, queueUrl: this.queueUrl });
    }

    private chat(
        name: string,
        { config, caller }: NotificationsArgs,
        webhookParameter: pulumi.Input<string>,
        topic: pulumi.Output<string>,
    ) {
        const { names } = config;
        const child = { parent: this };
        const notifier = new LambdaFunction(
            name,
            {
                code: "notifier",
                functionName: names.notifier,
                roleName: names.notifierRole,
                description: "Forwards notifications to a chat",
                timeoutSeconds: 30,
                caller,
                policy: pulumi
                    .output(webhookParameter)
                    .apply((parameter) => notifierPolicy(createGuardScope(config, caller), parameter)),
                environment: { WEBHOOK_PARAMETER: webhookParameter },
                failuresArn: this.failuresArn,
                config,
            },
            child,
        );
        const invoked = new aws.lambda.Permission(
            name,
            {
                statementId: "notifications",
                function: notifier.functionName,
                action: "lambda:InvokeFunction",
                principal: "sns.amazonaws.com",
                sourceArn: topic,
            },
            child,
        );
        new aws.sns.TopicSubscription(
            name,
            { topic, protocol: "lambda", endpoint: notifier.arn },
            { ...child, dependsOn: invoked },
        );
    }
}
