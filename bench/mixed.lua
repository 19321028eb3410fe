-- mixed.lua - for wrk: a page, the style sheet, a page that there is not, a signup with a wrong address, an unsubscribe page (LINK=token), in turn.
local post = { ["Content-Type"] = "application/x-www-form-urlencoded" }
local link = os.getenv("LINK")
local requests, counter

function init()
	requests = {
		wrk.format("GET", "/"),
		wrk.format("GET", "/style.css"),
		wrk.format("GET", "/nowhere"),
		wrk.format("POST", "/subscribe", post, "email=nobody&topic=articles"),
		wrk.format("GET", "/u/" .. link),
		wrk.format("GET", "/?topic=articles", { ["Accept-Language"] = "es" }),
	}
	counter = 0
end

function request()
	counter = counter + 1
	return requests[counter % #requests + 1]
end

function done(summary)
	io.write(string.format("result %d %.3f\n", summary.requests, summary.duration / 1e6))
end
