import JSON
import ProvisioningModel
import SynchronizationJob
import WorkQueue

/// All that is known about a job at one moment.
struct JobOverview: Sendable {
  var status: JobStatus
  var progress: CycleProgress?
  var quarantine: QuarantineStatus?
  var heldRemovals: Int
  var orphans: Int
  var entryCounts: [ObjectKind: Int]
  var queue: QueueStatistics
  var subscriptions: [SubscriptionRecord]
  var interval: Duration
  /// When the service was last seen to move.
  var heartbeat: Timestamp
  /// Nil when nothing that expires is known.
  var credentialExpiration: Timestamp?
  /// Since when no notification has arrived although things change; nil when all is well.
  var silentSince: Timestamp?

  /// As Graph's `synchronizationJob` (docs/reference/entra-provisioning.md, "Job resource"), with what Entra lacks beside it.
  func json(_ job: JobIdentity) -> JSONValue {
    [
      "id": .string(job.jobID), "templateId": "rollcall",
      "schedule": ["state": .string(scheduleState), "interval": .string(ISO8601Duration.text(interval))],
      "status": statusJSON,
      "queue": [
        "depth": .integer(Int64(queue.ready + queue.delayed)), "processing": .integer(Int64(queue.processing)),
        "delayed": .integer(Int64(queue.delayed)), "oldestAgeSeconds": .real(queue.oldestAge / .seconds(1)),
      ],
      "subscriptions": .array(subscriptions.map(\.json)), "heldRemovals": .integer(Int64(heldRemovals)),
      "orphans": .integer(Int64(orphans)),
      "heartbeatAt": .string(heartbeat.description),
      "lastEventLagMs": status.lastEventLag.map { .integer($0.milliseconds) } ?? .null,
      "credentialExpiresAt": .optional(credentialExpiration?.description),
      "notificationsSilentSince": .optional(silentSince?.description),
    ]
  }

  private var scheduleState: String {
    if quarantine?.isDisabled == true { return "Disabled" }
    if quarantine?.reason == .configurationChanged { return "Paused" }
    return status.record.isPaused ? "Paused" : "Active"
  }

  private var statusJSON: JSONValue {
    let record = status.record
    return [
      "code": .string(status.code(isQuarantined: quarantine != nil).rawValue),
      "countSuccessiveCompleteFailures": .integer(Int64(record.successiveCompleteFailures)), "escrowsPruned": false,
      "currentExecution": status.running?.json ?? .null, "lastExecution": record.last?.json ?? .null,
      "lastSuccessfulExecution": record.lastSuccessful?.json ?? .null,
      "lastSuccessfulExecutionWithExports": record.lastSuccessfulWithExports?.json ?? .null,
      "progress": .array(progress.map { [$0.json] } ?? []), "quarantine": quarantine?.json ?? .null,
      "steadyStateFirstAchievedTime": .string(timeOrNever(record.steadyStateFirstAchieved)),
      "steadyStateLastAchievedTime": .string(timeOrNever(record.steadyStateLastAchieved)),
      "synchronizedEntryCountByType": .array(
        entryCounts.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, count in
          ["key": .string(kind.rawValue), "value": .integer(Int64(count))]
        }),
    ]
  }
}

private func timeOrNever(_ time: Timestamp?) -> String {
  time?.description ?? "0001-01-01T00:00:00Z"
}

extension CycleProgress {
  fileprivate var json: JSONValue {
    [
      "units": "objects", "completedUnits": .integer(Int64(completed)),
      "totalUnits": total.map { .integer(Int64($0)) } ?? .null, "failedUnits": .integer(Int64(failed)),
      "unitsPerSecond": rate.map { .real(($0 * 10).rounded() / 10) } ?? .null,
      "estimatedSecondsRemaining": remaining.map { .integer(($0.milliseconds + 999) / 1000) } ?? .null,
      "progressObservationDateTime": .string(observed.description),
    ]
  }
}

extension CycleExecution {
  /// Graph's `synchronizationTaskExecution`.
  fileprivate var json: JSONValue {
    func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
    var json: JSONValue = [
      "activityIdentifier": .string(id), "kind": .string(kind.rawValue), "timeBegan": .string(began.description),
      "timeEnded": .optional(ended?.description), "error": failure?.synchronizationError ?? .null,
      "countImported": count(counts.imported), "countImportedDeltas": count(counts.importedDeltas),
      "countImportedReferenceDeltas": count(counts.importedReferenceDeltas), "countEntitled": count(counts.entitled),
      "countEntitledForProvisioning": count(counts.entitledForProvisioning), "countExports": count(counts.exports),
      "countExported": count(counts.exported), "countEscrowed": count(counts.escrowed),
      "countEscrowedRaw": count(counts.escrowed),
    ]
    if ended != nil { json["state"] = .string(state.rawValue) }
    return json
  }
}

extension QuarantineStatus {
  /// Graph's `synchronizationQuarantine`, with the request that failed and its answer.
  fileprivate var json: JSONValue {
    var json: JSONValue = [
      "reason": .string(reason.rawValue), "error": failure.synchronizationError,
      "seriesBegan": .string(seriesBegan.description), "seriesCount": .integer(Int64(seriesCount)),
      "currentBegan": .string(currentBegan.description), "nextAttempt": .optional(nextAttempt?.description),
      "recommendedAction": .string(failure.advice),
    ]
    json.add(failure.exchange)
    return json
  }
}

extension SubscriptionRecord {
  fileprivate var json: JSONValue {
    [
      "id": .string(id), "resource": .string(resource), "expirationDateTime": .string(expiration.description),
      "notificationUrl": .string(notificationURL),
    ]
  }
}

extension Failure {
  /// Graph's `synchronizationError`.
  fileprivate var synchronizationError: JSONValue {
    [
      "code": .string(code.rawValue), "message": .string(reason),
      "tenantActionable": .boolean(![.internalError, .stateUnavailable, .tooManyRequests].contains(code)),
    ]
  }
}

extension JSONValue {
  /// `request` and `response` of what went wrong, as far as there were any.
  mutating func add(_ exchange: Exchange?) {
    guard let exchange else { return }
    self["request"] = ["method": .string(exchange.method), "route": .string(exchange.route)]
    guard let status = exchange.status else { return }
    var response: JSONValue = ["status": .integer(Int64(status))]
    response["message"] = exchange.message.map { .string($0) }
    self["response"] = response
  }
}
