package import JSON
package import ProvisioningModel

extension ProvisioningLogEntry {
  /// The entry as Graph's `provisioningObjectSummary` (docs/reference/entra-provisioning.md, "Provisioning log").
  package func summary(_ job: JobIdentity) -> JSONValue {
    .object([
      "id": .string(id), "activityDateTime": .string(time.description), "tenantId": .string(job.tenantID),
      "jobId": .string(job.jobID), "cycleId": .optional(cycleID), "changeId": .string(id),
      "provisioningAction": .string(action.rawValue), "durationInMilliseconds": .integer(duration.milliseconds),
      "initiatedBy": ["id": "", "displayName": "Rollcall", "initiatorType": "system"],
      "servicePrincipal": [
        "id": .optional(job.servicePrincipalID), "displayName": .optional(job.servicePrincipalName),
      ],
      "sourceSystem": ["id": .string(job.tenantID), "displayName": "Microsoft Entra ID", "details": [:]],
      "targetSystem": ["id": .string(job.targetName), "displayName": "xMatters", "details": [:]],
      "sourceIdentity": [
        "id": .string(objectID.rawValue), "displayName": .optional(sourceName), "identityType": .string(kind.rawValue),
        "details": [:],
      ],
      "targetIdentity": [
        "id": .optional(targetID?.rawValue), "displayName": .optional(targetName),
        "identityType": kind == .user ? "Person" : "Group", "details": [:],
      ],
      "provisioningStatusInfo": [
        "status": .string(status.rawValue), "errorInformation": failure?.errorInformation ?? .null,
      ],
      "provisioningSteps": .array(steps.map(\.json)),
      "modifiedProperties": .array(modifiedProperties.map(\.json)),
    ])
  }
}

extension ProvisioningLogEntry.Step {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "provisioningStepType": .string(kind.rawValue), "status": .string(status.rawValue),
      "description": .string(description), "details": .object(details.mapValues { .string($0) }),
    ]
  }
}

extension ProvisioningLogEntry.ModifiedProperty {
  fileprivate var json: JSONValue {
    ["displayName": .string(name), "oldValue": .optional(oldValue), "newValue": .optional(newValue)]
  }
}

extension Failure {
  /// Graph's `provisioningErrorInfo`.
  fileprivate var errorInformation: JSONValue {
    [
      "errorCode": .string(code.rawValue), "reason": .string(reason), "errorCategory": "failure",
      "recommendedAction": .string(advice), "additionalDetails": .optional(exchange?.description),
    ]
  }
}

extension Exchange {
  /// What was sent and what came back, in one line.
  package var description: String {
    let answer = status.map(String.init) ?? "no answer"
    return "\(upstream): \(method) \(route): \(answer)" + (message.map { " (\($0))" } ?? "")
  }
}

extension JSONValue {
  /// Null for nil.
  package static func optional(_ text: String?) -> JSONValue {
    text.map { .string($0) } ?? .null
  }
}
