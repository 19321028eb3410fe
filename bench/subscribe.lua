-- subscribe.lua - for wrk: each request signs up another address. With FORWARDED=n each comes from one of so many addresses
-- (X-Forwarded-For, for a newsletterd that trusts the loopback); with ADDRESS=a all are for that one.
local forwarded = tonumber(os.getenv("FORWARDED") or "0")
local address = os.getenv("ADDRESS")
local run = os.time() % 100000
local thread, counter = 0, 0

function setup(t)
	t:set("number", thread)
	thread = thread + 1
end

function request()
	counter = counter + 1
	local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }
	if forwarded > 0 then
		local n = counter % forwarded
		headers["X-Forwarded-For"] = string.format("198.%d.%d.7", 18 + math.floor(n / 256), n % 256)
	end
	local to = address or string.format("v%d.%d.%d@d%d.example", run, number, counter, counter % 997)
	return wrk.format("POST", "/subscribe", headers, "email=" .. to .. "&topic=articles")
end

function done(summary, latency)
	io.write(string.format("result %d %.3f %d %.2f %.2f\n", summary.requests, summary.duration / 1e6,
		summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
		latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
