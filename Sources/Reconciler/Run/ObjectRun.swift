import ProvisioningModel
import ProvisioningRules

/// What the runs of users and of groups have in common: what has been learned and done so far, for the report.
protocol ObjectRun {
  var provisioner: Provisioner { get }
  var object: ObjectID { get }
  var kind: ObjectKind { get }
  var began: Timestamp { get }
  var removals: RemovalPermission { get }
  /// A person waits to see it: each of the five steps is told, in detail.
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
  /// Why the object is not to be active; nil when it is.
  var reasonToLeave: LeaveReason? { get set }
  /// A removal that was decided on and not permitted.
  var planned: LeaveAction? { get set }
  /// Who loses something by the removal of a group, or of its members.
  var losers: Set<ObjectID> { get }
  /// The object was removed, or found removed.
  var hasRemoved: Bool { get set }
  /// What came of a creation is known.
  var endsCreation: Bool { get set }
  /// Asked for, and not known to anybody.
  var isUnknown: Bool { get set }
  /// The person or group was not found, and a listing is to decide whether it is gone: nothing is settled by this run.
  var isUndecided: Bool { get set }
  /// What the assignments said when the run decided.
  var entitlement: Entitlement? { get }
  /// How sure it is that the object is gone; nil when it was found.
  var absence: Evidence.Absence? { get set }
  /// What was seen is to be confirmed by another look, after so long.
  var lookAgain: Duration? { get set }

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

  /// Weighs what was read against what was seen before.
  /// - Parameter began: When the request of the read began (`Uptime`).
  /// - Throws: When the object cannot be found, and has to be looked for again before anything is concluded.
  mutating func weigh<Object>(_ observation: Observation<Object>, began: Duration) async throws(Failure) {
    switch observation {
    case .present:
      await provisioner.evidence.found(object, at: began)
    case .softDeleted:
      await provisioner.evidence.found(object, at: began)
      noteImport("The \(kind.noun) is in the recycle bin.")
    case .absent:
      let absence = await provisioner.evidence.missed(object, at: began)
      self.absence = absence
      switch absence {
      case .unconfirmed(let rest): throw .unconfirmedAbsence(kind, lookAgain: rest)
      case .missing(let rest):
        lookAgain = rest
        noteImport(
          "Neither the directory nor its recycle bin has the \(kind.noun), which does not prove yet that it was deleted."
        )
      case .deleted: noteImport("The \(kind.noun) is gone from the directory and from its recycle bin.")
      }
    }
  }

  /// To be asked right before a write that takes something away: what the decision rests on may have changed while the run waited.
  /// - Throws: When the object is to be looked at anew.
  func checkStillDue() async throws(Failure) {
    let standing = try await currentStanding()
    guard standing == entitlement, provisioner.mayRemove(object) else {
      throw Failure(
        .reread, .internalError,
        "What the removal rests on changed while it was being carried out: nothing was removed, and the \(kind.noun) is looked at anew.",
        advice: "Nothing to do.")
    }
  }

  private func currentStanding() async throws(Failure) -> Entitlement {
    switch kind {
    case .user: try await provisioner.scope.standing(of: object).entitlement
    case .group: try await provisioner.scope.standing(ofGroup: object).entitlement
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

  /// Skips are told to the caller who asked. A removal that is planned gets its entry when it is carried out or held.
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
  fileprivate static func unconfirmedAbsence(_ kind: ObjectKind, lookAgain: Duration) -> Failure {
    Failure(
      .retry(after: lookAgain), .internalError,
      "The directory does not know the \(kind.noun); it is asked once more before anything is concluded.",
      advice: "Nothing to do: replicas of the directory lag for some seconds.")
  }

  fileprivate static func unknown(_ kind: ObjectKind) -> Failure {
    Failure(
      .escrow, .importSkipped,
      "Neither the directory nor its recycle bin has a \(kind.noun) with this id, and nothing in xMatters is linked to it.",
      advice: "Check the id: it is the Object ID that Entra shows for the \(kind.noun).")
  }
}
