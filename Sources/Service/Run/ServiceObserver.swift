import Logging
package import ProvisioningModel
package import ProvisioningRules
package import Reconciler
package import SynchronizationJob

/// Turns what the job does into metrics and log lines. No names, numbers or addresses of people: ids alone.
package struct ServiceObserver: JobObserver {
  let metrics: MetricsRegistry
  let logger: Logger
  let clock: any WallClock
  var mailer: Mailer<ContinuousClock>?
  var silence: SilenceRunner?
  var freshness: Freshness?
  /// Another listener that wants to hear of every run, such as the demo.
  let onRun: (@Sendable (RunReport, Duration?) -> Void)?

  package func ran(_ report: RunReport, latency: Duration?) {
    if report.foundDrift { metrics.add(to: Metric.driftFound) }
    if let entry = report.entry {
      metrics.add(to: Metric.actions, entry.action.rawValue, entry.status.rawValue)
      metrics.observe(entry.duration, in: Metric.workDuration)
      if report.failure == nil {
        if report.signal != .cycle { freshness?.note(latency ?? report.age) }
        metrics.observe(latency ?? report.age, in: Metric.changeLatency, report.signal.rawValue)
      }
      log(entry)
    }
    if let latency { metrics.observe(latency, in: Metric.queueDuration) }
    onRun?(report, latency)
  }

  private func log(_ entry: ProvisioningLogEntry) {
    var metadata: Logger.Metadata = [
      "action": "\(entry.action.rawValue)", "status": "\(entry.status.rawValue)", "objectId": "\(entry.objectID)",
      "durationMs": "\(entry.duration.milliseconds)",
    ]
    metadata[entry.kind == .user ? "personId" : "groupId"] = entry.targetID.map { "\($0)" }
    metadata["cycleId"] = entry.cycleID.map { "\($0)" }
    guard let failure = entry.failure else {
      let changed = entry.modifiedProperties.map(\.name).joined(separator: ", ")
      if !changed.isEmpty { metadata["changed"] = "\(changed)" }
      logger.info("Provisioned", metadata: metadata)
      return
    }
    metadata.merge(failure.metadata) { own, _ in own }
    logger.warning("Provisioning failed: \(failure.reason)", metadata: metadata)
  }

  package func readFailed(_ key: WorkKey, _ failure: Failure) {
    logger.warning(
      "\(failure.reason) It is tried again.", metadata: failure.metadata.merging(["key": "\(key)"]) { own, _ in own })
  }

  package func pulseFailed(_ failure: Failure) {
    logger.warning(
      "What changed since the last look could not be read: \(failure.reason) The next look tries again.",
      metadata: failure.metadata)
  }

  package func cycleBegan(_ kind: CycleKind, id: String) {
    metrics.set(Metric.lastAttempt, to: Double(clock.now.milliseconds) / 1000)
    logger.info("Cycle began", metadata: ["kind": "\(kind.rawValue)", "cycleId": "\(id)"])
  }

  package func cycleEnded(_ report: CycleReport) {
    silence?.cycleEnded(report)
    found(report.orphans)
    metrics.set(Metric.lastSuccess, to: Double(clock.now.milliseconds) / 1000)
    metrics.observe(report.ended - report.began, in: Metric.cycleDuration, report.kind.rawValue)
    logger.info(
      "Cycle ended",
      metadata: [
        "kind": "\(report.kind.rawValue)", "cycleId": "\(report.id)", "objects": "\(report.objects)",
        "failed": "\(report.failed)", "durationMs": "\((report.ended - report.began).milliseconds)",
      ])
    // The cycle's task ends after this call, and most of what it took with it.
    MemoryReturn.shared.noteLargeWork()
  }

  private func found(_ orphans: OrphanCount) {
    metrics.set(Metric.orphans, to: Double(orphans.all))
    guard orphans.new > 0 else { return }
    mailer?.post(OperatorMail(orphans: orphans))
    logger.warning(
      "There are people or groups in xMatters with our key that this directory does not know. They are left alone: GET /api/v1/orphans.",
      metadata: ["new": "\(orphans.new)", "orphans": "\(orphans.all)"])
  }

  package func peopleUploaded(_ report: BulkReport) {
    metrics.add(Double(report.uploaded), to: Metric.bulkPeople, "uploaded")
    metrics.add(Double(report.created), to: Metric.bulkPeople, "created")
    var metadata: Logger.Metadata = [
      "files": "\(report.files)", "uploaded": "\(report.uploaded)", "created": "\(report.created)",
    ]
    let rest = "Who is missing is created one by one."
    switch report.ending {
    case .done: logger.info("New people were uploaded as files. \(rest)", metadata: metadata)
    case .unfinished:
      logger.warning("xMatters did not end an upload of new people in time. \(rest)", metadata: metadata)
    case .failed(let failure):
      metadata.merge(failure.metadata) { own, _ in own }
      logger.warning("An upload of new people failed: \(failure.reason) \(rest)", metadata: metadata)
    }
  }

  package func cycleBrokenOff() {
    logger.info("The cycle was broken off on request; the next one does its work.")
  }

  package func cycleFailed(_ kind: CycleKind, _ failure: Failure, retryIn: Duration) {
    logger.error(
      "The cycle failed: \(failure.reason) Nothing was removed because of it; the next one begins in \(DurationText.describe(retryIn)).",
      metadata: failure.metadata)
  }

  package func protectionChanged(_ event: ProtectionEvent) {
    if let mail = OperatorMail(event) { mailer?.post(mail) }
    switch event {
    case .quarantined(let status):
      logger.error(
        "The job is in quarantine (\(status.reason.rawValue)): \(status.failure.reason) Nothing is provisioned until the cause is gone; notifications are still taken.",
        metadata: status.failure.metadata)
    case .quarantineReasonChanged(let status):
      logger.error(
        "The job is still in quarantine, for another reason (\(status.reason.rawValue)): \(status.failure.reason)",
        metadata: status.failure.metadata)
    case .quarantineLeft(let status):
      logger.notice("The job has left quarantine.", metadata: ["reason": "\(status.reason.rawValue)"])
    case .jobDisabled(let status):
      logger.critical(
        "The job is disabled: it was in quarantine for too long. Mend the cause, then start it.",
        metadata: status.failure.metadata)
    case .configurationChanged(let status):
      logger.error(
        "The job waits for a person: \(status.failure.reason) Notifications are still taken.",
        metadata: status.failure.metadata)
    case .removalsHeld(let count, let total, let limit):
      metrics.add(Double(count), to: Metric.actions, "stageddelete", "skipped")
      logger.error(
        "Removals are held: more people would be disabled or deleted than is allowed at once. Everything else goes on.",
        metadata: ["held": "\(count)", "heldInAll": "\(total)", "limit": "\(limit)"])
    case .removalsNoLongerHeld:
      logger.notice("No removal is held any more.")
    }
  }
}

extension Failure {
  /// For a log line.
  var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = ["errorCode": "\(code.rawValue)", "advice": "\(advice)"]
    if let exchange {
      metadata["upstream"] = "\(exchange.upstream)"
      metadata["request"] = "\(exchange.method) \(exchange.route)"
      metadata["httpStatus"] = exchange.status.map { "\($0)" }
      metadata["upstreamError"] = exchange.message.map { "\($0)" }
    }
    return metadata
  }
}
