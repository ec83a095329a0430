"""Alarms over metric math: the property Metrics of AWS::CloudWatch::Alarm.

AWS evaluates the expression and sets the alarm's state:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html

MiniStack rejects a template with such an alarm. The stand-in stores the alarm, and DescribeAlarms returns it with its
metrics. Nothing evaluates it: its state stays INSUFFICIENT_DATA.
"""

from ministack.services.cloudformation import provisioners

from in_process import StackFailed, client, deploy

# Properties that an alarm has itself or, if it has Metrics, inside them.
SINGLE_METRIC = ("MetricName", "Namespace", "Dimensions", "Statistic", "ExtendedStatistic", "Period", "Unit")


def fill():
    record = provisioners._cw_metric_alarm_record

    def record_with_metrics(name, properties):
        if not properties.get("Metrics"):
            return record(name, properties)
        single = {key: value for key, value in properties.items() if key != "Metrics"}
        alarm = record(name, {**single, "MetricName": "unused", "Namespace": "unused"})
        alarm = {key: value for key, value in alarm.items() if key not in SINGLE_METRIC}
        return {**alarm, "Metrics": properties["Metrics"]}

    provisioners._cw_metric_alarm_record = record_with_metrics


def is_missing():
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Errors"}
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": "probe",
            "Metrics": [
                {"Id": "rate", "Expression": "errors * 100", "ReturnData": True},
                {"Id": "errors", "ReturnData": False, "MetricStat": {"Metric": metric, "Stat": "Sum", "Period": 60}},
            ],
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Threshold": 5,
        },
    }
    try:
        deploy({"Alarm": alarm})
    except StackFailed:
        return True
    found = client("cloudwatch").describe_alarms(AlarmNames=["probe"])["MetricAlarms"]
    return [metric.get("Expression") for metric in found[0].get("Metrics", [])] != ["errors * 100", None]
