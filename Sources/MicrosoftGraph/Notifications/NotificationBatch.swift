import JSON
package import Provisioning

/// One POST of change or lifecycle notifications (Graph reference, sections 3 and 4), sifted: ids of what may have changed, and
/// nothing of what the sender claims about it.
package struct NotificationBatch: Sendable {
  package enum LifecycleEvent: String, Hashable, Sendable {
    case reauthorizationRequired, subscriptionRemoved, missed
  }

  /// The body is not a collection of notifications.
  package struct Malformed: Error, Hashable, CustomStringConvertible {
    package var description: String
  }

  /// Bodies larger than any that Graph is known to send are refused by size before this; items are bounded too.
  package static let maxItems = 50_000

  package var changed: [(kind: ObjectKind, id: ObjectID)] = []
  package var lifecycle: [(event: LifecycleEvent, subscriptionID: String)] = []
  /// Items with a wrong client state or tenant, or of a shape that says nothing.
  package var dropped = 0

  package var accepted: Int { changed.count + lifecycle.count }

  /// - Parameters:
  ///   - clientStates: The secrets that are accepted; two while one replaces the other.
  ///   - tenantID: Ours; an item without a tenant is let through, one of another tenant is dropped.
  package init(parsing body: [UInt8], clientStates: [String], tenantID: String) throws(Malformed) {
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: body)
    } catch {
      throw Malformed(description: "The body is not JSON: \(error).")
    }
    guard let items = json["value"], items.kind == .array else {
      throw Malformed(description: "The body is not a collection of notifications: it has no array 'value'.")
    }
    guard items.count <= Self.maxItems else {
      throw Malformed(description: "The body has over \(Self.maxItems) notifications.")
    }
    for item in items.elements {
      guard item.kind == .object else {
        throw Malformed(description: "The body is not a collection of notifications: an item is not an object.")
      }
      take(item, clientStates, tenantID)
    }
  }

  private mutating func take(_ item: JSON, _ clientStates: [String], _ tenantID: String) {
    guard let state = item["clientState"]?.string, clientStates.contains(where: { ConstantTime.isEqual($0, state) }),
      item["tenantId"]?.string.map({ $0.lowercased() == tenantID.lowercased() }) ?? true
    else {
      dropped += 1
      return
    }
    if let name = item["lifecycleEvent"]?.string {
      guard let event = LifecycleEvent(rawValue: name) else {
        dropped += 1
        return
      }
      lifecycle.append((event, item["subscriptionId"]?.string ?? ""))
    } else if let object = Self.object(item) {
      changed.append(object)
    } else {
      dropped += 1
    }
  }

  private static func object(_ item: JSON) -> (kind: ObjectKind, id: ObjectID)? {
    let parts = (item["resource"]?.string ?? "").split(separator: "/").map { $0.lowercased() }
    let type = item["resourceData"]?["@odata.type"]?.string?.lowercased() ?? ""
    let kind: ObjectKind
    if parts.first == "users" || type == "#microsoft.graph.user" {
      kind = .user
    } else if parts.first == "groups" || type == "#microsoft.graph.group" {
      kind = .group
    } else {
      return nil
    }
    let id = item["resourceData"]?["id"]?.string ?? (parts.count > 1 ? parts[1] : "")
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
