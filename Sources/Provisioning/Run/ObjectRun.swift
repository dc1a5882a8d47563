/// What the runs of users and of groups have in common: what has been learned and done so far, for the report.
protocol ObjectRun {
  var provisioner: Provisioner { get }
  var object: ObjectID { get }
  var kind: ObjectKind { get }
  var began: Timestamp { get }
  var removals: RemovalPermission { get }
  /// Somebody waits to see it: each of the five steps is told, in detail.
  var isOnDemand: Bool { get }

  /// Where the run is; a failure belongs to it.
  var stage: ProvisioningLogEntry.StepKind { get set }
  var action: ProvisioningLogEntry.Action { get set }
  var status: ProvisioningLogEntry.Status { get set }
  var steps: [ProvisioningLogEntry.Step] { get set }
  var modified: [ProvisioningLogEntry.ModifiedProperty] { get set }
  var sourceName: String? { get set }
  /// The person or group as it is known in xMatters.
  var target: (id: TargetID, name: String?)? { get }
  var failure: Failure? { get set }
  var skip: SkipReason? { get set }
  var foundDrift: Bool { get set }
  /// A removal that was decided on and not permitted.
  var planned: LeaveAction? { get set }
  /// The object was removed, or found removed.
  var hasRemoved: Bool { get set }
  /// What came of a creation is known.
  var endsCreation: Bool { get set }
  /// Asked for, and not known to anybody.
  var isUnknown: Bool { get set }

  /// Reads, decides, and carries out what was decided.
  mutating func importAndDecide() async throws(Failure)
}

extension ObjectRun {
  /// Runs to the end; a failure is noted.
  mutating func attempt() async {
    do throws(Failure) {
      try await importAndDecide()
    } catch {
      failure = error
      status = .failure
      noteFailure(error)
    }
  }

  /// An absence counts once it was seen twice.
  mutating func noteAbsence<Object>(_ observation: Observation<Object>) async throws(Failure) {
    switch observation {
    case .present:
      await provisioner.absences.forget(object)
    case .softDeleted:
      await provisioner.absences.forget(object)
      noteImport("The \(kind.noun) is in the recycle bin.")
    case .absent:
      guard await provisioner.absences.isConfirmed(object, at: provisioner.clock.now) else {
        throw AbsenceWatch.unconfirmed(kind)
      }
      noteImport("The \(kind.noun) is gone from the directory and from its recycle bin.")
    }
  }

  /// The entry for the provisioning log.
  func entry(cycleID: String?) -> ProvisioningLogEntry {
    ProvisioningLogEntry(
      id: ProvisioningLogEntry.makeID(), time: began, cycleID: cycleID, action: actionTaken,
      status: isUnknown ? .failure : skip == nil ? status : .skipped, duration: provisioner.clock.now - began,
      objectID: object, kind: kind, sourceName: sourceName, targetID: target?.id, targetName: target?.name,
      steps: orderedSteps, modifiedProperties: modified, failure: isUnknown ? .unknown(kind) : failure)
  }

  /// Skips are told to whoever asked. A removal that is planned gets its entry when it is carried out or held.
  var isWorthAnEntry: Bool {
    skip == nil || skip == .importSkipped || isOnDemand && skip != .removalPlanned
  }

  private var actionTaken: ProvisioningLogEntry.Action {
    switch skip {
    case nil: action
    case .removalPlanned: .stagedDelete
    default: .other
    }
  }

  var externalKey: String { provisioner.policy.mapping.externalKey(of: object) }
}

extension Failure {
  fileprivate static func unknown(_ kind: ObjectKind) -> Failure {
    Failure(
      .escrow, .importSkipped,
      "Neither the directory nor its recycle bin has a \(kind.noun) with this id, and nobody and nothing in xMatters is linked to it.",
      advice: "Check the id: it is the Object ID that Entra shows for the \(kind.noun).")
  }
}
