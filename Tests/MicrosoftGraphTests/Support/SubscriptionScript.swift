import Dispatch
import JSON
import ProvisioningModel
import Synchronization

/// Graph's `/subscriptions` as far as the keeper sees it, with answers that can be overridden.
final class SubscriptionScript: Sendable {
  struct Storage: Sendable {
    var subscriptions: [JSONValue] = []
    var made = 0
    var showsClientState = false
    /// Answers to be given instead, by method.
    var overrides: [String: ScriptedServer.Reply] = [:]
    /// What the list does not show, though it is there.
    var isListEmpty = false
  }

  let storage = Mutex(Storage())

  func change(_ body: (inout Storage) -> Void) {
    storage.withLock { body(&$0) }
  }

  var subscriptions: [JSONValue] { storage.withLock { $0.subscriptions } }
  var ids: [String] { subscriptions.compactMap { $0["id"]?.string } }

  func respond(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
    storage.withLock { storage in
      if let reply = storage.overrides[request.method] { return reply }
      let id = request.path.split(separator: "/").last.map(String.init) ?? ""
      let index = storage.subscriptions.firstIndex { $0["id"]?.string == id }
      let body = request.json?.value ?? [:]
      switch (request.method, index) {
      case ("GET", nil) where id == "subscriptions":
        return .page(storage.isListEmpty ? [] : storage.subscriptions.map { Self.shown($0, storage) })
      case ("POST", _):
        guard !storage.subscriptions.contains(where: { $0["resource"] == body["resource"] }) else {
          return .error(409, "ExtensionError")
        }
        storage.made += 1
        var made = body
        made["id"] = .string("sub-\(storage.made)")
        storage.subscriptions.append(made)
        return .json(201, made)
      case ("GET", let index?): return .json(Self.shown(storage.subscriptions[index], storage))
      case ("PATCH", let index?):
        storage.subscriptions[index]["expirationDateTime"] = body["expirationDateTime"]
        return .json(storage.subscriptions[index])
      case ("DELETE", let index?):
        storage.subscriptions.remove(at: index)
        return .init(status: 204)
      default: return .error(404, "ResourceNotFound")
      }
    }
  }

  private static func shown(_ subscription: JSONValue, _ storage: Storage) -> JSONValue {
    guard !storage.showsClientState else { return subscription }
    var shown = subscription
    shown["clientState"] = .null
    return shown
  }
}
