import ProvisioningModel
import Synchronization

/// Those who wait for the next run of an object. Each is answered by a run that began after they came, so that it saw what they saw.
final class OnDemandDesk: Sendable {
  typealias Answer = Result<ProvisioningLogEntry, Failure>

  private struct Waiter {
    var ticket: Int
    var continuation: CheckedContinuation<Answer, Never>
  }

  private struct Storage {
    var waiting: [ObjectID: [Waiter]] = [:]
    var lastTicket = 0
  }

  private let storage = Mutex(Storage())

  /// Waits for the answer.
  /// - Parameter ask: Called once the waiting has begun: asks for the run. An answer ends the waiting at once.
  /// - Returns: `.failure(.cancelled)` when the task is cancelled.
  func answer(for object: ObjectID, after ask: @Sendable () -> Failure?) async -> Answer {
    let ticket = storage.withLock { storage -> Int in
      storage.lastTicket += 1
      return storage.lastTicket
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        storage.withLock {
          $0.waiting[object, default: []].append(Waiter(ticket: ticket, continuation: continuation))
        }
        if let failure = Task.isCancelled ? .cancelled : ask() { give(.failure(failure), to: [ticket], for: object) }
      }
    } onCancel: {
      give(.failure(.cancelled), to: [ticket], for: object)
    }
  }

  /// The tickets that a run that begins now will answer.
  func tickets(for object: ObjectID) -> Set<Int> {
    storage.withLock { Set($0.waiting[object]?.map(\.ticket) ?? []) }
  }

  func give(_ answer: Answer, to tickets: Set<Int>, for object: ObjectID) {
    guard !tickets.isEmpty else { return }
    let answered = storage.withLock { storage -> [Waiter] in
      let waiting = storage.waiting[object] ?? []
      let rest = waiting.filter { !tickets.contains($0.ticket) }
      storage.waiting[object] = rest.isEmpty ? nil : rest
      return waiting.filter { tickets.contains($0.ticket) }
    }
    for waiter in answered { waiter.continuation.resume(returning: answer) }
  }
}
