import HTTPTransport
import JSON
import Synchronization

/// Posts notifications as Graph does: several in one body, a short first time-out, then again with growing intervals.
final class Notifier: Sendable {
  struct Item: Sendable {
    var url: String
    var json: JSONValue
  }

  private static let maxItemsPerPost = 100
  private static let maxPending = 200_000
  private static let attempts = 8

  private let client: HTTPClient
  private let delay: Duration
  private let pending = Mutex<(items: [Item], isSending: Bool)>(([], false))
  private let tasks = Mutex<[Task<Void, Never>]>([])

  init(client: HTTPClient, delay: Duration) {
    self.client = client
    self.delay = delay
  }

  func post(_ items: [Item]) {
    guard !items.isEmpty else { return }
    let starts = pending.withLock { pending in
      pending.items += items.prefix(max(0, Self.maxPending - pending.items.count))
      defer { pending.isSending = true }
      return !pending.isSending
    }
    guard starts else { return }
    tasks.withLock { tasks in
      tasks.removeAll(where: \.isCancelled)
      if tasks.count > 8 { tasks.removeFirst() }
      tasks.append(Task { await self.send() })
    }
  }

  /// Nothing is posted any more when this returns.
  func shutdown() async {
    pending.withLock { $0.isSending = true }
    let tasks = tasks.withLock { tasks in
      tasks.forEach { $0.cancel() }
      return tasks
    }
    for task in tasks { await task.value }
  }

  /// The handshake before a subscription stands: the token must come back, decoded, within ten seconds.
  func validates(_ url: String) async -> Bool {
    let token =
      "Validation: Testing client application reachability for subscription Request-Id: \(UInt64.random(in: .min ... .max))+%"
    let joined = url + (url.contains("?") ? "&" : "?") + "validationToken=\(URLEncoding.queryValue(token))"
    let request = HTTPRequest(
      method: .post, url: joined, headers: ["Content-Type": "text/plain; charset=utf-8"], body: [],
      timeout: .seconds(10))
    guard let response = try? await client.send(request) else { return false }
    return response.status == 200 && response.body == Array(token.utf8)
      && response.headers["Content-Type"]?.hasPrefix("text/plain") ?? false
  }

  private func send() async {
    while true {
      do { try await Task.sleep(for: delay) } catch { return }
      let items = pending.withLock { pending in
        defer { pending.items = [] }
        if pending.items.isEmpty { pending.isSending = false }
        return pending.items
      }
      if items.isEmpty { return }
      for (url, items) in Dictionary(grouping: items, by: \.url) {
        for start in stride(from: 0, to: items.count, by: Self.maxItemsPerPost) {
          let part = items[start..<min(start + Self.maxItemsPerPost, items.count)]
          await deliver(url, ["value": .array(part.map(\.json))])
        }
      }
    }
  }

  private func deliver(_ url: String, _ body: JSONValue) async {
    let bytes = body.serialized()
    for attempt in 0..<Self.attempts {
      let request = HTTPRequest(
        method: .post, url: url, headers: ["Content-Type": "application/json"], body: bytes,
        timeout: attempt == 0 ? .seconds(3) : .seconds(10))
      if let response = try? await client.send(request), (200...299).contains(response.status) { return }
      do { try await Task.sleep(for: .milliseconds(500 << attempt)) } catch { return }
    }
  }
}
