package import ProvisioningModel
import ProvisioningRules
import Synchronization

/// What a model of a port can be made to fail at.
package enum Operation: String, Hashable, Sendable, CaseIterable {
  // The directory.
  case application, assignments, members, allUsers, user, directoryGroup, userID, isGroup, changesFromNow, changes
  // xMatters.
  case person, people, forEachPerson, create, modify, delete, createDevice, modifyDevice, deleteDevice, createSite,
    catalogue
  case upload, uploadProgress
  case group, groupNamed, forEachGroup, groupMembers, createGroup, modifyGroup, deleteGroup, addMember, removeMember
  // The state.
  case readState, record, adopt, setWatermark
}

/// Decides which calls of a model fail. Shared by all models of a test, so that a crash stops them all.
package final class Faults: Sendable {
  package enum Fault: Hashable, Sendable {
    /// Fails without effect.
    case refused(Failure)
    /// Has its effect, and the answer is lost.
    case answerLost
    /// A listing breaks half-way.
    case brokenOff(Failure)
    /// One person or group is said not to be there, as when the account may not see it; anything else fails without effect.
    case saysGone

    package static let throttled = Fault.refused(.throttled)
    package static let unavailable = Fault.refused(.unavailable)
  }

  private struct Storage {
    var planned: [Operation: [Fault?]] = [:]
    var decide: (@Sendable (Operation) -> Fault?)?
    var calls: [Operation: Int] = [:]
    var hasCrashed = false
  }

  private let storage = Mutex(Storage())
  private let turn: (@Sendable () async -> Void)?

  /// - Parameter turn: Awaited before every call of a model, so that a test may let others go first.
  package init(turn: (@Sendable () async -> Void)? = nil) {
    self.turn = turn
  }

  /// The next calls of the operation meet these, one each; nil goes well.
  package func plan(_ operation: Operation, _ faults: Fault?...) {
    storage.withLock { $0.planned[operation, default: []] += faults }
  }

  /// Asked for every call that no plan covers; nil for none.
  package func decide(by body: (@Sendable (Operation) -> Fault?)?) {
    storage.withLock { $0.decide = body }
  }

  /// From now on every call of every model fails without effect, as if the process were gone.
  package func crash() {
    storage.withLock { $0.hasCrashed = true }
  }

  package func recover() {
    storage.withLock { $0.hasCrashed = false }
  }

  package var hasCrashed: Bool { storage.withLock { $0.hasCrashed } }

  package func calls(_ operation: Operation) -> Int {
    storage.withLock { $0.calls[operation, default: 0] }
  }

  /// - Throws: When the call fails without effect.
  /// - Returns: What goes wrong after the effect.
  func meet(_ operation: Operation) async throws(Failure) -> Fault? {
    await turn?()
    let (fault, decide) = storage.withLock { storage -> (Fault?, (@Sendable (Operation) -> Fault?)?) in
      storage.calls[operation, default: 0] += 1
      if storage.hasCrashed { return (.refused(.cancelled), nil) }
      guard var planned = storage.planned[operation], !planned.isEmpty else { return (nil, storage.decide) }
      let fault = planned.removeFirst()
      storage.planned[operation] = planned
      return (fault, nil)
    }
    let met = fault ?? decide?(operation)
    if case .refused(let failure) = met { throw failure }
    return met
  }
}

extension Failure {
  package static let throttled = Failure(
    .retry(after: .seconds(5)), .tooManyRequests, "too many requests", advice: "", exchange: .answered(429))
  package static let unavailable = Failure(
    .retry(after: nil), .internalServerError, "the service is unavailable", advice: "", exchange: .answered(503))
  package static let answerLost = Failure(
    .retry(after: nil), .timeout, "no answer came", advice: "", outcomeIsUnknown: true)
  package static let refusedCredentials = Failure(.quarantine, .unauthorized, "the credentials are refused", advice: "")
  package static let badRequest = Failure(.escrow, .badRequest, "the request is refused", advice: "")
}

extension Exchange {
  fileprivate static func answered(_ status: Int) -> Exchange {
    Exchange(upstream: "model", method: "GET", route: "/", status: status)
  }
}
