import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { regionalArn, type ServiceCaller } from "policy-evaluator";
import { isBatch, type StackConfig } from "../../core/config/config.ts";
import { docsAddress, stackAlarm } from "./alarm.ts";
import { failuresAlarm, observedStack, selectAlarms } from "./alarms.ts";
import { dashboardBody, dashboardUrl } from "./dashboard-body.ts";

export interface ObservabilityArgs {
    readonly config: StackConfig;
    readonly caller: ServiceCaller;
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    readonly topicArn: pulumi.Input<string>;
}

/** The dashboard and the alarms of the stack. */
export class Observability extends pulumi.ComponentResource {
    public readonly dashboardUrl: pulumi.Output<string>;

    constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:observability:Observability", name, {}, opts);
        const { config, caller, monthlyLimitUsd } = args;
        const { names, stack, region, adopt, idle, gate, throttle } = config;
        const child = { parent: this };
        // Pass names instead of resources, because the alarm on failed trainings must exist before the first training
        // starts.
        const arn = (tail: string) => regionalArn(caller, "personalize", tail);
        const place = {
            stack,
            campaignArn: adopt.campaign ?? arn(`campaign/${names.campaign}`),
            datasetGroupArn: adopt.datasetGroup ?? arn(`dataset-group/${names.datasetGroup}`),
            solutionArn: adopt.solution ?? arn(`solution/${names.solution}`),
            apiName: config.api ? names.api : undefined,
        };
        const limits = {
            idleHours: idle.hours,
            monthlyLimitUsd,
            maximumNdcgDrop: gate.maximumNdcgDropPercent,
            requestsPerSecond: throttle.requestsPerSecond,
            eventsPerSecond: throttle.eventsPerSecond,
        };
        const alarms = config.observability.alarms ? selectAlarms(place, limits, observedStack(config)) : [];
        for (const alarm of alarms) stackAlarm(`${name}-${alarm.id}`, alarm, config, args.topicArn, child);

        const alarmArns = [...alarms.map(({ id }) => id), failuresAlarm("").id].map((id) =>
            regionalArn(caller, "cloudwatch", `alarm:${names.alarmPrefix}-${id}`),
        );
        const body = dashboardBody({
            batch: isBatch(config),
            ...place,
            region,
            help: docsAddress(config, "runbooks"),
            alarmArns,
            monthlyLimitUsd,
            idleHours: idle.hours,
        });
        const dashboard = config.observability.dashboard
            ? new aws.cloudwatch.Dashboard(
                  name,
                  { dashboardName: names.dashboard, dashboardBody: JSON.stringify(body) },
                  child,
              )
            : undefined;
        this.dashboardUrl =
            dashboard?.dashboardName.apply((its) => dashboardUrl(caller.partition, region, its)) ?? pulumi.output("");
        this.registerOutputs({ dashboardUrl: this.dashboardUrl });
    }
}
