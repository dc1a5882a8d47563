import JSON

/// Megabytes a second for a notification batch and for a page of people; against a plain copy of the bytes.
func benchmarkJSON() {
  measure("a batch of 4 notifications", batch(of: 4), repeats: 2000)
  measure("a page of 2,500 objects", batch(of: 2500), repeats: 5)
}

private func measure(_ name: String, _ bytes: [UInt8], repeats: Int) {
  var checksum = 0
  let parsing = Benchmarks.best {
    for _ in 0..<repeats { checksum += (try? JSON(parsing: bytes))?.count ?? 0 }
  }
  let walking = Benchmarks.best {
    for _ in 0..<repeats {
      guard let json = try? JSON(parsing: bytes), let items = json["value"] else { continue }
      for item in items.elements { checksum += item["resourceData"]?["id"]?.string?.utf8.count ?? 0 }
    }
  }
  let copying = Benchmarks.best {
    for _ in 0..<repeats { checksum += Array(bytes.reversed()).count }
  }
  let megabytes = Double(bytes.count * repeats) / 1e6
  print(
    "json: \(name): \(Int(megabytes / parsing)) MB/s parsed, \(Benchmarks.rounded(walking / parsing)) times that with every id read, "
      + "\(Benchmarks.rounded(parsing / copying, to: 0)) times a reversing copy (\(checksum % 10))")
}

private func batch(of count: Int) -> [UInt8] {
  let items = (0..<count).map { number -> JSONValue in
    [
      "changeType": "updated", "clientState": "a-secret-of-some-length",
      "resource": "Users/11111111-2222-4333-8444-555555555555",
      "subscriptionId": "99999999-2222-4333-8444-555555555555", "tenantId": "77777777-2222-4333-8444-555555555555",
      "subscriptionExpirationDateTime": "2026-12-20T00:00:00+00:00",
      "resourceData": [
        "@odata.type": "#Microsoft.Graph.User", "@odata.id": "Users/11111111-2222-4333-8444-555555555555",
        "id": "11111111-2222-4333-8444-555555555555",
        "sequenceNumber": .integer(638_700_000_000_000_000 + Int64(number)),
      ],
    ]
  }
  return JSONValue.object(["value": .array(items)]).serialized()
}
