import Dispatch
import JSON
import MicrosoftGraph

/// Makes notifications of a body, within the memory for bodies and with one large one at a time.
struct NotificationSieve: Sendable {
  enum Outcome: Sendable {
    case batch(NotificationBatch)
    case malformed(String)
    /// More than one body may hold.
    case oversized(String)
    /// There is no memory for it now.
    case noRoom
  }

  /// Larger ones take longer than a thread may be kept that others wait for.
  private static let smallBody = 32 << 10
  private static let largeBodies = DispatchQueue(label: "rollcall.large-bodies")

  /// - Parameter tenantID: Nil while it is not known.
  func sift(_ body: ReceivedBody, clientStates: [String], tenantID: String?) async -> Outcome {
    guard body.bytes.count > Self.smallBody else { return siftNow(body, clientStates, tenantID) }
    return await offPool(on: Self.largeBodies) { siftNow(body, clientStates, tenantID) }
  }

  private func siftNow(_ body: ReceivedBody, _ clientStates: [String], _ tenantID: String?) -> Outcome {
    do throws(NotificationBatch.Refusal) {
      let text = try NotificationBatch.text(of: body.bytes)
      switch body.room(for: text.census.treeBytes) {
      case .none: return .noRoom
      case .tooMuch: return .oversized("The body takes more memory than there is for bodies.")
      case .taken(let room):
        defer { withExtendedLifetime(room) {} }
        return .batch(try NotificationBatch(text, clientStates: clientStates, tenantID: tenantID))
      }
    } catch {
      switch error {
      case .malformed(let why): return .malformed(why)
      case .oversized(let why): return .oversized(why)
      }
    }
  }
}
