package import JSON
package import ProvisioningModel

/// One POST of change or lifecycle notifications (docs/reference/microsoft-graph.md, "Change notifications";
/// docs/reference/microsoft-graph.md, "Lifecycle notifications"), sifted: ids of what may have changed, and nothing of what the sender
/// claims about it.
package struct NotificationBatch: Sendable {
  package enum LifecycleEvent: String, Hashable, Sendable {
    case reauthorizationRequired, subscriptionRemoved, missed
  }

  package struct Lifecycle: Hashable, Sendable {
    package var event: LifecycleEvent
    package var subscriptionID: String
  }

  /// Why nothing is taken from a body.
  package enum Refusal: Error, Hashable, CustomStringConvertible {
    /// It is not a collection of notifications.
    case malformed(String)
    /// It holds more than one body may.
    case oversized(String)

    package var description: String {
      switch self {
      case .malformed(let why), .oversized(let why): why
      }
    }
  }

  /// Why items were left out.
  package enum DropReason: String, Hashable, Sendable, CaseIterable {
    case clientState, tenant, malformed
  }

  /// Limits of ours, far beyond what Graph sends at once (docs/http-api.md, "Webhooks").
  package static let maxItems = 10_000
  package static let maxValues = 250_000
  /// Of different lifecycle notifications in one body; Graph sends one for each of two subscriptions.
  package static let maxLifecycle = 100
  private static let maxSubscriptionIDBytes = 128

  package var changed: [(kind: ObjectKind, id: ObjectID)] = []
  /// Those that a notification calls deleted: no proof, but what makes an absence credible.
  package var deleted: [ObjectID] = []
  /// Each once, and not more than `maxLifecycle`.
  package private(set) var lifecycle: [Lifecycle] = []
  package var drops: [DropReason: Int] = [:]

  package var accepted: Int { changed.count + lifecycleItems }
  /// Lifecycle notifications that were taken, doubled ones included.
  private var lifecycleItems = 0
  private var knownLifecycle: Set<Lifecycle> = []
  package var dropped: Int { drops.values.reduce(0, +) }

  /// The body, looked through and not parsed yet, so that it is known what it will cost.
  package static func text(of body: [UInt8]) throws(Refusal) -> JSONText {
    do throws(JSONError) {
      return try JSONText(body, limits: JSONLimits(maxValues: maxValues))
    } catch {
      throw refusal(error)
    }
  }

  private static func refusal(_ error: JSONError) -> Refusal {
    error.kind == .tooManyValues
      ? .oversized("The body holds over \(maxValues) JSON values.") : .malformed("The body is not JSON: \(error).")
  }

  /// As `init(_:clientStates:tenantID:)`, from the body itself.
  package init(parsing body: [UInt8], clientStates: [String], tenantID: String?) throws(Refusal) {
    try self.init(try Self.text(of: body), clientStates: clientStates, tenantID: tenantID)
  }

  /// - Parameters:
  ///   - clientStates: The secrets that are accepted; two while one replaces the other.
  ///   - tenantID: Ours; an item without a tenant is let through, one of another tenant is dropped. Nil when it is not known, as long as
  ///     it is configured by a domain and no token has named it: the client state decides alone then.
  package init(_ text: JSONText, clientStates: [String], tenantID: String?) throws(Refusal) {
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsingAnyNumbers: text)
    } catch {
      throw Self.refusal(error)
    }
    guard let items = json["value"], items.kind == .array else {
      throw .malformed("The body is not a collection of notifications: it has no array 'value'.")
    }
    guard items.count <= Self.maxItems else {
      throw .oversized("The body has over \(Self.maxItems) notifications.")
    }
    let tenantID = tenantID?.lowercased()
    for item in items.elements {
      if let reason = take(item, clientStates, tenantID) { drops[reason, default: 0] += 1 }
    }
  }

  /// - Returns: Why the item was left out; nil when it was taken.
  private mutating func take(_ item: JSON, _ clientStates: [String], _ tenantID: String?) -> DropReason? {
    guard item.kind == .object else { return .malformed }
    guard let state = item["clientState"]?.string, !state.isEmpty,
      clientStates.contains(where: { ConstantTime.isEqual($0, state) })
    else { return .clientState }
    if let tenantID, let tenant = item["tenantId"]?.string, tenant.lowercased() != tenantID { return .tenant }
    if let name = item["lifecycleEvent"]?.string {
      guard let event = LifecycleEvent(rawValue: name) else { return .malformed }
      return take(event, of: item["subscriptionId"]?.string ?? "")
    }
    guard let object = Self.object(item) else { return .malformed }
    changed.append(object)
    if item["changeType"]?.string?.lowercased() == "deleted" { deleted.append(object.id) }
    return nil
  }

  private mutating func take(_ event: LifecycleEvent, of subscriptionID: String) -> DropReason? {
    guard subscriptionID.utf8.count <= Self.maxSubscriptionIDBytes else { return .malformed }
    let new = Lifecycle(event: event, subscriptionID: subscriptionID)
    if !knownLifecycle.contains(new) {
      guard lifecycle.count < Self.maxLifecycle else { return .malformed }
      knownLifecycle.insert(new)
      lifecycle.append(new)
    }
    lifecycleItems += 1
    return nil
  }

  private static func object(_ item: JSON) -> (kind: ObjectKind, id: ObjectID)? {
    let data = item["resourceData"]
    let parts = (item["resource"]?.string ?? "").split(separator: "/").map { $0.lowercased() }
    let type = data?["@odata.type"]?.string?.lowercased() ?? ""
    let kind: ObjectKind
    if parts.first == "users" || type == "#microsoft.graph.user" {
      kind = .user
    } else if parts.first == "groups" || type == "#microsoft.graph.group" {
      kind = .group
    } else {
      return nil
    }
    let id = data?["id"]?.string ?? (parts.count > 1 ? parts[1] : "")
    guard isGUID(id) else { return nil }
    return (kind, ObjectID(id))
  }

  /// Ids go into the paths of requests: nothing else is taken for one.
  private static func isGUID(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return parts.map(\.count) == [8, 4, 4, 4, 12]
      && parts.allSatisfy { $0.allSatisfy { Character(UnicodeScalar($0)).isHexDigit } }
  }
}

/// Compares secrets in a time that does not depend on where they differ.
package enum ConstantTime {
  package static func isEqual(_ left: String, _ right: String) -> Bool {
    let left = Array(left.utf8)
    let right = Array(right.utf8)
    var difference = left.count ^ right.count
    for index in right.indices {
      difference |= Int(right[index] ^ (left.isEmpty ? 0 : left[index % left.count]))
    }
    return difference == 0
  }
}
