package import JSON
import Synchronization

/// One way in which a route misbehaves.
package struct Fault: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// This status instead of an answer; nothing is carried out.
    case status(Int, retryAfter: String?)
    /// The request is carried out, and its answer breaks off half-way.
    case lostAnswer
    /// Bytes that are no JSON.
    case garbage
    /// The answer comes this much later.
    case delay(milliseconds: Int)
  }

  /// Nil for any.
  package var method: String?
  /// Matches paths that contain it.
  package var path: String
  package var kind: Kind
  /// So many matching requests pass before the fault sets in.
  package var skip: Int
  /// So many requests are hit; nil for all.
  package var count: Int?

  package init(method: String? = nil, path: String, kind: Kind, skip: Int = 0, count: Int? = 1) {
    self.method = method
    self.path = path
    self.kind = kind
    self.skip = skip
    self.count = count
  }

  /// `{"path": "/people", "method": "POST", "status": 429, "retryAfter": "2", "count": 3, "skip": 0}`, or `"kind"` with
  /// `lostAnswer`, `garbage` or `delay` (and `milliseconds`) instead of a status. A count of 0 means all.
  package init?(_ json: JSON) {
    guard let path = json["path"]?.string else { return nil }
    let kind: Kind
    switch (json["kind"]?.string, json["status"]?.integer) {
    case ("lostAnswer", _): kind = .lostAnswer
    case ("garbage", _): kind = .garbage
    case ("delay", _): kind = .delay(milliseconds: Int(json["milliseconds"]?.integer ?? 1000))
    case (_, let status?): kind = .status(Int(status), retryAfter: json["retryAfter"]?.string)
    default: return nil
    }
    let count = json["count"]?.integer ?? 1
    self.init(
      method: json["method"]?.string, path: path, kind: kind, skip: Int(json["skip"]?.integer ?? 0),
      count: count == 0 ? nil : Int(count))
  }
}

/// The faults in force, how long answers take, and how many requests came. Shared by both simulators.
package final class FaultPlan: Sendable {
  private struct Storage {
    var faults: [Fault] = []
    var latency = Duration.zero
    var requests: [String: Int] = [:]
    var items: [String: Int] = [:]
  }

  private static let maxRoutes = 10_000
  private let storage = Mutex(Storage())

  package init() {}

  package func add(_ fault: Fault) {
    storage.withLock { $0.faults.append(fault) }
  }

  package func clear() {
    storage.withLock { $0.faults = [] }
  }

  /// Added to every answer.
  package var latency: Duration {
    get { storage.withLock { $0.latency } }
    set { storage.withLock { $0.latency = newValue } }
  }

  /// Requests so far, by method and first part of the path that tells routes apart.
  package var requests: [String: Int] { storage.withLock { $0.requests } }

  /// The same for what came inside of batches.
  package var items: [String: Int] { storage.withLock { $0.items } }

  package func resetRequests() {
    storage.withLock { ($0.requests, $0.items) = ([:], [:]) }
  }

  func count(_ request: SimulatedRequest, route: String) {
    storage.withLock { Self.count(request, route, in: &$0.requests) }
  }

  func count(item: SimulatedRequest, route: String) {
    storage.withLock { Self.count(item, route, in: &$0.items) }
  }

  private static func count(_ request: SimulatedRequest, _ route: String, in counts: inout [String: Int]) {
    let key = "\(request.method) \(route)"
    guard counts[key] != nil || counts.count < maxRoutes else { return }
    counts[key, default: 0] += 1
  }

  func next(for request: SimulatedRequest) -> Fault.Kind? {
    storage.withLock { storage in
      for index in storage.faults.indices {
        let fault = storage.faults[index]
        guard fault.method.map({ $0 == request.method }) ?? true, request.rawPath.contains(fault.path) else { continue }
        if fault.skip > 0 {
          storage.faults[index].skip -= 1
          continue
        }
        if let count = fault.count {
          guard count > 0 else { continue }
          storage.faults[index].count = count - 1
        }
        return fault.kind
      }
      return nil
    }
  }
}
