import Reconciler
import ProvisioningRules
import ProvisioningModel
import Synchronization

// Whether the state is a cache of what is configured. A state of another tenant would have everybody of this one removed.

extension Job {
  /// Why the job waits for a person before it does anything.
  var identityHold: QuarantineStatus? { condition.withLock { $0.identityHold } }

  var isIdentified: Bool { identity == nil || condition.withLock { $0.isIdentified } }

  /// To be called before the first cycle: nothing is begun until it has succeeded.
  /// - Throws: When the directory or the state cannot be asked, or the job has to wait for a person.
  func identify() async throws(Failure) {
    guard let identity, !isIdentified else { return }
    if let identityHold { throw identityHold.failure }
    let stored = try await state.identity()
    let present = StateIdentity(identity, of: try await provisioner.directory.application())
    switch stored?.change(to: present) {
    case nil, .none?:
      if stored != present { try await state.setIdentity(present, forgettingTarget: false) }
    case .schema?:
      try await state.forgetDigests()
      try await state.setIdentity(present, forgettingTarget: false)
    case .target?: try await state.setIdentity(present, forgettingTarget: true)
    case .source?: try wait(because: .otherSource(stored?.application, present.application))
    case .prefix?: try identity.checkPrefix(of: stored)
    }
    noteIdentified()
  }

  private func wait(because failure: Failure) throws(Failure) {
    let status = QuarantineStatus(
      reason: .configurationChanged, failure: failure, seriesBegan: wall.now, currentBegan: wall.now, nextAttempt: nil)
    condition.withLock { $0.identityHold = status }
    observer.protectionChanged(.configurationChanged(status))
    throw failure
  }

  private func noteIdentified() {
    condition.withLock { condition in
      condition.isIdentified = true
      condition.identityHold = nil
    }
    holdOrRelease()
  }

  /// A person says that the change is meant. The links are forgotten by then; a listing suggests them again, unproven.
  func acceptIdentity() async throws(Failure) {
    guard let identity, identityHold != nil else { return }
    let present = StateIdentity(identity, of: try await provisioner.directory.application())
    try await state.setIdentity(present, forgettingTarget: true)
    noteIdentified()
  }
}

extension Failure {
  fileprivate static func otherSource(_ stored: ObjectID?, _ present: ObjectID) -> Failure {
    Failure(
      .quarantine, .configurationChanged,
      "The state is one of another tenant or application (service principal \(stored?.rawValue ?? "unknown"), now \(present)): a user who is not known here may only be known there. Nothing is provisioned.",
      advice:
        "Put directory.tenantId and directory.application back and restart the process, or, if the change is meant, order POST /api/v1/job/restart with resetScope Full: no person is removed that the new directory does not know."
    )
  }
}
